//! All that is promised of speed, each beside a reference in the same run: `just bench`.

mod bare;
mod child;
mod feeds;
mod rounds;

use std::time::Duration;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.first().map(String::as_str) {
        Some("feeds") => {
            let latency = Duration::from_millis(words[2].parse()?);
            return feeds::serve(words[1].parse()?, latency).await;
        }
        Some("bare") => return bare::run(&words[1..]).await,
        Some("child") => return child::between(&words[1..]),
        _ => {}
    }
    circular::fetch::install_crypto();
    let n: usize = std::env::var("N").ok().and_then(|t| t.parse().ok()).unwrap_or(1000);
    for _ in 0..std::env::var("R").ok().and_then(|t| t.parse().ok()).unwrap_or(1) {
    let pass = rounds::pass(n).await?;
    let show = |what: &str, pair: &(child::Cost, child::Cost)| {
        println!("{what}: {:.2} s {:.2} CPU {:.0} MB   {:.2} s {:.2} CPU {:.0} MB   wall {:.2} cpu {:.2}",
            pair.0.seconds, pair.0.cpu, pair.0.memory, pair.1.seconds, pair.1.cpu, pair.1.memory,
            pair.0.seconds / pair.1.seconds, pair.0.cpu / pair.1.cpu);
    };
    show("cold", &pass.cold);
    show("304", &pass.unchanged);
    show("tenth", &pass.tenth);
    println!("items {} first {:.1} ms", pass.items, pass.first);
    }
    Ok(())
}
