use compiler::*;
use pcore::Hash;
use std::{sync::Arc, time::Duration};
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let env = std::path::PathBuf::from(&a[1]);
    let list = std::fs::read_to_string(&a[3]).unwrap();
    for (n, code) in list.split("###\n").enumerate() {
        let site = std::env::temp_dir().join(format!("try{}.pp", std::process::id()));
        std::fs::write(&site, code).unwrap();
        let settings = ImageOptions {
            directory: Some(env.clone()),
            modulepath: vec![env.join("modules")],
            manifest: Some(site.clone()),
            hiera_config: Some(a[2].clone().into()),
            environment: env.file_name().unwrap().to_str().unwrap().into(),
            settings: vec![
                ("codedir".into(), pcore::Value::from(env.parent().unwrap().to_str().unwrap())),
                ("strict".into(), pcore::Value::from("error")),
            ],
            ruby: Some(foreign::Settings {
                ruby: "/usr/bin/ruby".into(),
                load_paths: Vec::new(),
                workers_max: 1,
                memory_max: 1 << 30,
                time_max: Duration::from_secs(20),
            }),
            ..ImageOptions::default()
        };
        let image = Image::load(&settings).unwrap();
        let mut facts = Hash::new();
        facts.insert("kernel", "Linux");
        facts.insert("os", pcore::json::parse(br#"{"family":"Debian"}"#).unwrap());
        let mut trusted = Hash::new();
        trusted.insert("certname", "n1");
        let node = NodeInput {
            certname: "n1".into(),
            facts: Arc::new(facts),
            trusted: trusted.into(),
            ..NodeInput::default()
        };
        let first = code.lines().next().unwrap_or("");
        let logs = match compile(&image, &world::Quiet::default(), &node) {
            Ok(c) => {
                let r: Vec<String> = c
                    .catalog
                    .resources
                    .iter()
                    .filter(|r| &*r.type_name == "Notify")
                    .map(|r| {
                        let m = r
                            .parameters
                            .iter()
                            .find(|p| p.0.as_str() == "message")
                            .map(|p| format!(" {}", pcore::format::ruby_inspect(&p.1)));
                        format!("{}{}", r.title, m.unwrap_or_default())
                    })
                    .collect();
                println!("== {n} {first}\n{}", r.join("\n"));
                c.logs
            }
            Err(e) => {
                println!("== {n} {first}\nERR {}", e.message.replace(&*site.to_string_lossy(), "SITE"));
                e.logs
            }
        };
        let dbg = std::env::var_os("DBG").is_some();
        for l in logs {
            let t = format!("{:?}: {}", l.level, l.message).to_lowercase();
            let level = t.split(':').next().unwrap().to_owned();
            if (level != "debug") || dbg {
                println!("LOG {level}: {}", l.message);
            }
        }
        let _ = std::fs::remove_file(&site);
    }
}
