//! Folding: one form for all spellings of a word.

use std::{collections::HashMap, sync::LazyLock};

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// Traditional Chinese signs, each with its simplified one: those of our field's words and of common ones.
const TRADITIONAL: &str = "\
    來来 個个 們们 偽伪 傳传 億亿 別别 創创 劃划 劇剧 動动 務务 勞劳 勢势 勵励 區区 \
    協协 參参 員员 問问 啟启 國国 圍围 園园 圓圆 圖图 團团 執执 報报 場场 塊块 壓压 \
    夠够 奪夺 婦妇 孫孙 學学 實实 審审 寫写 寬宽 將将 專专 對对 屬属 島岛 嶺岭 師师 \
    幣币 幫帮 幹干 庫库 廠厂 廣广 廳厅 張张 強强 彈弹 後后 從从 徵征 憲宪 憶忆 應应 \
    戰战 戲戏 掃扫 採采 換换 損损 搶抢 擁拥 擇择 擊击 擔担 據据 擴扩 攝摄 敗败 敵敌 \
    數数 斷断 於于 時时 暫暂 書书 會会 東东 條条 業业 極极 構构 樂乐 樓楼 標标 樣样 \
    樹树 橋桥 機机 檔档 檢检 權权 歐欧 歲岁 歷历 歸归 殘残 殺杀 氣气 決决 沒没 況况 \
    洩泄 測测 準准 濟济 災灾 為为 無无 煙烟 熱热 獎奖 獨独 獲获 獻献 現现 瑪玛 環环 \
    產产 畢毕 畫画 異异 當当 發发 盜盗 盡尽 監监 眾众 確确 碼码 禮礼 稅税 種种 積积 \
    穩稳 競竞 筆笔 節节 範范 築筑 簡简 簽签 籌筹 糧粮 紀纪 約约 純纯 級级 細细 終终 \
    組组 結结 絕绝 絡络 給给 統统 絲丝 經经 綜综 綠绿 維维 網网 緊紧 緒绪 線线 緣缘 \
    編编 練练 縣县 縮缩 縱纵 總总 織织 繪绘 繼继 續续 罰罚 罷罢 義义 習习 聖圣 聞闻 \
    聯联 聰聪 聲声 職职 聽听 脈脉 腦脑 臺台 與与 興兴 舉举 舊旧 華华 萬万 葉叶 薦荐 \
    藍蓝 藝艺 蘇苏 蘭兰 處处 虛虚 號号 術术 衛卫 補补 裝装 裡里 製制 複复 見见 規规 \
    視视 親亲 覺觉 覽览 觀观 觸触 計计 訊讯 討讨 訓训 記记 訪访 設设 許许 訴诉 註注 \
    詐诈 評评 詞词 詢询 試试 詩诗 該该 詳详 誌志 認认 語语 誤误 說说 課课 調调 談谈 \
    請请 論论 諮咨 諸诸 諾诺 謀谋 講讲 謝谢 謠谣 證证 識识 譯译 議议 護护 譽誉 讀读 \
    變变 豐丰 貝贝 負负 財财 貢贡 貧贫 貨货 販贩 責责 費费 貼贴 貿贸 賀贺 資资 賓宾 \
    賞赏 賠赔 賣卖 質质 賴赖 購购 賽赛 贊赞 趕赶 趙赵 跡迹 軌轨 軍军 軟软 較较 載载 \
    輕轻 輝辉 輩辈 輪轮 輯辑 輸输 轉转 辦办 農农 這这 連连 週周 進进 遊游 運运 過过 \
    達达 違违 遠远 適适 遲迟 遷迁 選选 遺遗 還还 邊边 鄉乡 鄰邻 醫医 釋释 鋪铺 錄录 \
    錯错 鎮镇 鏈链 鐘钟 鐵铁 鑑鉴 長长 門门 閉闭 開开 間间 閱阅 闊阔 關关 陸陆 隊队 \
    際际 隨随 隱隐 隻只 雖虽 雙双 雜杂 離离 難难 雲云 電电 霧雾 靈灵 靜静 韓韩 響响 \
    頁页 項项 順顺 須须 領领 頭头 題题 額额 願愿 類类 顧顾 顯显 風风 飛飞 飲饮 養养 \
    餘余 館馆 駐驻 騙骗 騰腾 驅驱 驗验 驚惊 體体 魚鱼 鳥鸟 麗丽 黃黄 點点 黨党 齊齐 \
    齡龄 龍龙";

static SIMPLIFIED: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    TRADITIONAL
        .split(' ')
        .filter_map(|pair| {
            let mut signs = pair.chars();
            Some((signs.next()?, signs.next()?))
        })
        .collect()
});

/// Lower case, without accents and vowel signs, compatibility forms and letter variants resolved
/// (ß and ss, œ and oe, ى and ي, ة and ه, ё and е, full width and half width, 圖 and 图). The Russian й
/// stays a letter of its own: endings are told by it.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            // What has nothing to decompose, as most of what is written has.
            '\0'..='\x7f' => out.push(c.to_ascii_lowercase()),
            'а'..='и' | 'к'..='я' => out.push(c),
            '\u{4e00}'..='\u{9fff}' => out.push(SIMPLIFIED.get(&c).copied().unwrap_or(c)),
            // Marks all go, so that their order, which the normal forms settle, does not matter.
            c => decompose_compatible(c, |part| add(part, &mut out)),
        }
    }
    out
}

/// Adds a character that is decomposed.
fn add(c: char, out: &mut String) {
    match c {
        '\0'..='\x7f' => out.push(c.to_ascii_lowercase()),
        '\u{306}' if out.ends_with('и') => {
            out.pop();
            out.push('й');
        }
        c if is_combining_mark(c) => {}
        'ß' | 'ẞ' => out.push_str("ss"),
        'œ' | 'Œ' => out.push_str("oe"),
        'æ' | 'Æ' => out.push_str("ae"),
        'ø' | 'Ø' => out.push('o'),
        'đ' | 'Đ' | 'ð' | 'Ð' => out.push('d'),
        'ł' | 'Ł' => out.push('l'),
        'ı' => out.push('i'),
        'ى' | 'ی' => out.push('ي'),
        'ک' => out.push('ك'),
        'ة' => out.push('ه'),
        'ـ' => {}
        '’' | '‘' | 'ʼ' => out.push('\''),
        c @ '\u{4e00}'..='\u{9fff}' => out.push(SIMPLIFIED.get(&c).copied().unwrap_or(c)),
        c => out.extend(c.to_lowercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_word_fold_to_one() {
        for (a, b) in [
            ("ÉDUCATION", "education"),
            ("Straße", "STRASSE"),
            ("ещё", "еще"),
            ("المكتبة", "المكتبه"),
            ("أرشيف", "ارشيف"),
            ("مَكْتَبَة", "مكتبه"),
            ("Ｏｐｅｎ", "open"),
            ("œuvre", "oeuvre"),
            ("Российский", "российский"),
            ("圖書館資訊", "图书馆资讯"),
        ] {
            assert_eq!(fold(a), fold(b), "{a} {b}");
        }
    }
}
