use std::time::Instant;
use circular::{text, areas, config, story};
fn t<T>(name:&str, n:usize, mut f: impl FnMut(usize)->T){ let s=Instant::now(); for i in 0..n { std::hint::black_box(f(i)); } println!("{name:20} {:>8.1} us", s.elapsed().as_secs_f64()*1e6/n as f64); }
fn main(){
    let w="library treaty access member states 123 report heritage council digital reading session copyright committee ";
    let texts:Vec<String>=(0..200).map(|i| format!("{i} {}", w.repeat(6))).collect();
    let (a,_)=config::areas::load(std::path::Path::new("areas.toml"));
    let s=Instant::now(); let m=areas::Matcher::new(&a); println!("matcher new {:?}",s.elapsed());
    t("plain",200,|i| text::plain(&texts[i]));
    t("excerpt",200,|i| text::excerpt(&texts[i],400));
    t("detect",200,|i| text::detect("Library treaty access member states",&texts[i],None));
    t("kind",200,|i| areas::kind("Library treaty access",&texts[i],None,&[],None));
    t("dates",200,|i| areas::dates("Library treaty access",&texts[i],None,"2026-11-16T00:00:00Z".parse().unwrap()));
    t("tag",200,|i| m.tag(&areas::Text{title:"Library treaty access",summary:&texts[i],body:&texts[i],categories:&[],language:Some(circular::model::Language::En)}));
    t("tag none",200,|i| m.tag(&areas::Text{title:"Library treaty access",summary:&texts[i],body:&texts[i],categories:&[],language:None}));
    let item=|i:usize| circular::model::Item{id:circular::model::ItemId::new(format!("i{i}")),source:circular::model::SourceId::new("s"),key:format!("key-of-item-{i}"),url:Some(format!("http://a.example/{i}").parse().unwrap()),title:texts[i][..60].to_owned(),summary:String::new(),text:texts[i].clone(),language:None,kind:circular::model::Kind::News,published:None,first_seen:"2026-11-16T00:00:00Z".parse().unwrap(),effective:"2026-11-16T00:00:00Z".parse().unwrap(),authors:vec![],categories:vec![],image:None,enclosures:vec![],alternates:vec![],areas:vec![],dates:vec![]};
    t("keys",200,|i| story::keys(&item(i)));
    t("place0",200,|i| story::place(&item(i),"s",&[]));
    t("feed date",200,|_| circular::parse::date("Mon, 16 Nov 2026 07:00:00 GMT","2026-11-16T00:00:00Z".parse().unwrap()));
}
