//! The state of one compile never reaches another: many nodes at once, from one image, give the catalogs that each gives alone.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::sync::Arc;

use compiler::{Image, ImageOptions, NodeInput, compile};
use pcore::{Hash, Value};

use crate::Nothing;

const FILES: &[(&str, &str)] = &[
    (
        "hiera.yaml",
        "version: 5\nhierarchy:\n  - name: n\n    paths: ['nodes/%{trusted.certname}.yaml', 'roles/%{facts.role}.yaml', common.yaml]\n",
    ),
    ("data/nodes/n3.yaml", "app::port: 3333\napp::own: { node: n3 }\n"),
    ("data/nodes/n4.yaml", "app::port: not a number\n"),
    ("data/roles/web.yaml", "app::own: { role: web }\nlist: [web, \"%{facts.number}\"]\n"),
    ("data/roles/db.yaml", "app::own: { role: db }\nlist: [db, \"%{lookup('app::port')}\"]\n"),
    (
        "data/common.yaml",
        "lookup_options: { app::own: { merge: deep }, list: { merge: unique } }\napp::port: 80\napp::own: { all: \"%{facts.number}\" }\n\
         list: [common]\n",
    ),
    (
        "modules/app/manifests/init.pp",
        "class app(Integer $port, Hash $own, Array $list = lookup('list')) {\n\
           $upper = app::upper($facts['role'])\n\
           file { '/etc/app': ensure => file, content => template('app/app.erb'), require => Package['app'] }\n\
           file { '/etc/epp': ensure => file, content => epp('app/app.epp', { 'items' => $list }) }\n\
           package { 'app': ensure => $facts['number'] }\n\
           Integer[1, 5].each |$i| { app::part { \"${facts['role']}-${i}\": size => $i * $facts['number'] } }\n\
           @notify { \"virtual-${upper}\": tag => $facts['role'] }\n\
           Notify<| tag == $facts['role'] |>\n\
           File['/etc/epp'] -> File['/etc/app']\n\
           $made = inline_template('<% @own[\"seen\"] = @role_of %><%= @own.inspect %>')\n\
           notify { 'made': message => $made }\n\
           if $facts['number'] % 7 == 0 { fail(\"node ${facts['number']}\") }\n\
         }\n",
    ),
    (
        "modules/app/manifests/part.pp",
        "define app::part(Integer $size, App::Text $text = \"${title}-${size}\") {\n\
           $words = $text.split('-').map |$word| { if $word =~ /(\\d+)/ { \"<${1}>\" } else { $word.capitalize } }\n\
           notify { \"part ${title}\": message => $words.join(' ') }\n\
           warning(\"part ${title}\")\n\
         }\n",
    ),
    ("modules/app/types/text.pp", "type App::Text = Variant[String[1], Array[App::Text]]\n"),
    ("modules/app/functions/upper.pp", "function app::upper(String $x) >> String { $x.upcase }\n"),
    (
        "modules/app/templates/app.erb",
        "<% @list.each_with_index do |item, i| -%>\n<%= i %>=<%= item %> <%= @facts['role'] %>\n<% end -%>\n\
         <%= scope.call_function('app::upper', [@facts['role']]) %>\n",
    ),
    (
        "modules/app/templates/app.epp",
        "<% | Array $items | %><% $items.each |$item| { %><%= $item %> on <%= $trusted['certname'] %>\n<% } %>",
    ),
];

fn node(number: i64) -> NodeInput {
    let role = ["web", "db", "mail"][number as usize % 3];
    let mut facts = Hash::new();
    facts.insert("role", role);
    facts.insert("number", number);
    let certname = format!("n{number}");
    let trusted = Hash::from_iter([("certname", certname.as_str()), ("authenticated", "remote")]);
    NodeInput {
        certname: certname.into(),
        facts: Arc::new(facts),
        trusted: trusted.into(),
        parameters: Hash::from_iter([("role_of", Value::from(role))]),
        ..NodeInput::default()
    }
}

/// The whole answer: the catalog as agents get it, and what was said; or the error.
fn answer(image: &Image, number: i64) -> String {
    let (result, logs) = match compile(image, &Nothing, &node(number)) {
        Ok(compilation) => {
            let mut json = Vec::new();
            compilation.catalog.write_json(&mut json, true);
            (String::from_utf8(json).unwrap(), compilation.logs)
        }
        Err(error) => (error.message, error.logs),
    };
    let logs: Vec<_> = logs.iter().map(|entry| entry.message.as_str()).collect();
    format!("{result}\n{}", logs.join("\n"))
}

/// Numbers in some order.
fn shuffled(numbers: &[i64], seed: u64) -> Vec<i64> {
    let mut order = numbers.to_vec();
    let mut state = seed | 1;
    for at in (1..order.len()).rev() {
        // Xorshift
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        order.swap(at, (state % (at as u64 + 1)) as usize);
    }
    order
}

#[test]
fn nodes_compile_together_as_they_do_alone() {
    let folder = tempfile::tempdir().unwrap();
    for (path, content) in FILES {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    let options = ImageOptions {
        directory: Some(folder.path().to_owned()),
        modulepath: vec![folder.path().join("modules")],
        code: Some(
            "node /^n(\\d+)$/ { notify { \"number ${1}\": } include app } node default { fail('none') }"
                .into(),
        ),
        ..ImageOptions::default()
    };
    let numbers: Vec<i64> = (1..=16).collect();
    let alone: Vec<String> =
        numbers.iter().map(|&number| answer(&Image::load(&options).unwrap(), number)).collect();
    let failed: Vec<_> = alone.iter().filter(|answer| answer.starts_with("Evaluation Error")).collect();
    assert_eq!(failed.len(), 3, "{failed:#?}");
    assert!(alone[2].contains("3333") && !alone[0].contains("3333"), "{}", alone[0]);

    let image = Image::load(&options).unwrap();
    let seed = RandomState::new().hash_one(1);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (image, alone, order) =
                (&image, &alone, shuffled(&numbers, seed.wrapping_add(thread * 0x9E37)));
            let check = move || {
                for number in order.iter().chain(order.iter().rev()) {
                    let together = answer(image, *number);
                    assert_eq!(together, alone[*number as usize - 1], "node {number}, seed {seed}");
                }
            };
            scope.spawn(check);
        }
    });
}
