//! Manifests of any size. Each names a way in which catalogs grow, and a step that could cost more than its share.

use std::fmt::Write as _;

/// A way to grow.
pub struct Case {
    /// Name on the command line.
    pub name: &'static str,
    /// The site manifest of `n` resources, classes or rounds.
    pub manifest: fn(usize) -> String,
    /// Hiera's data for it.
    pub data: fn(usize) -> String,
    /// The largest size that makes sense; the language or memory forbids more.
    pub size_max: usize,
    /// What is measured is reading the code rather than compiling it.
    pub is_reading: bool,
}

const fn case(name: &'static str, manifest: fn(usize) -> String) -> Case {
    Case { name, manifest, data: |_| String::new(), size_max: usize::MAX, is_reading: false }
}

const fn small(name: &'static str, size_max: usize, manifest: fn(usize) -> String) -> Case {
    Case { size_max, ..case(name, manifest) }
}

const fn reading(name: &'static str, manifest: fn(usize) -> String) -> Case {
    Case { is_reading: true, ..case(name, manifest) }
}

const fn data(name: &'static str, data: fn(usize) -> String, manifest: fn(usize) -> String) -> Case {
    Case { data, ..case(name, manifest) }
}

/// A line for each number below `n`.
fn lines(n: usize, line: impl Fn(usize, &mut String)) -> String {
    let mut text = String::new();
    for i in 0..n {
        line(i, &mut text);
        text.push('\n');
    }
    text
}

/// [`lines`] of formatted texts.
fn texts(n: usize, text: impl Fn(usize) -> String) -> String {
    lines(n, |i, out| out.push_str(&text(i)))
}

/// Code that runs in a block for each number below `n`, as `$i`.
fn repeated(n: usize, code: &str) -> String {
    format!("Integer[0, {}].each |$i| {{ {code} }}\n", n - 1)
}

/// All cases.
pub const CASES: &[Case] = &[
    case("loop", |n| repeated(n, "notify { \"n${i}\": message => \"number ${i}\" }")),
    case("literals", |n| {
        lines(n, |i, out| {
            let _ = write!(out, "file {{ '/srv/{i}': ensure => file, mode => '0644', content => 'x{i}' }}");
        })
    }),
    case("one expression", |n| {
        format!(
            "notify {{\n{}}}",
            lines(n, |i, out| {
                let _ = write!(out, "'n{i}': message => 'm';");
            })
        )
    }),
    case("titles", |n| {
        format!("$all = Integer[0, {}].map |$i| {{ \"n${{i}}\" }}\nnotify {{ $all: message => 'm' }}", n - 1)
    }),
    case("define with a file", |n| {
        let define = "define thing($content = 'x', Integer $number = 1) {\n  file { \"/srv/${title}\": content => $content }\n}\n";
        define.to_owned() + &repeated(n / 2, "thing { \"t${i}\": number => $i }")
    }),
    case("define in define", |n| {
        let define = "define inner($x) { notify { \"i-${title}\": message => $x } }\ndefine outer($x) { inner { \"o-${title}\": x => $x } }\n";
        define.to_owned() + &repeated(n / 3, "outer { \"t${i}\": x => $i }")
    }),
    small("rounds of defines", 900, |n| {
        format!(
            "define chain($left) {{ if $left > 0 {{ chain {{ \"c${{left}}\": left => $left - 1 }} }} }}\nchain {{ 'first': left => {n} }}"
        )
    }),
    case("virtual, collected by tag", |n| {
        repeated(n, "$tag = $i % 10 @notify { \"n${i}\": tag => \"t${tag}\" }")
            + "Notify<| tag == 't1' or tag == 't2' |>\nNotify<| tag == t3 |> { message => 'm' }"
    }),
    case("virtual, a tag for each collector", |n| {
        repeated(n, "@notify { \"n${i}\": tag => \"t${i}\" }")
            + &lines(n, |i, out| {
                let _ = write!(out, "Notify<| tag == 't{i}' |>");
            })
    }),
    case("virtual, collected by attribute", |n| {
        repeated(n, "@notify { \"n${i}\": message => \"m${i}\" }")
            + &lines(n, |i, out| {
                let _ = write!(out, "Notify<| message == 'm{i}' or message == 'x' |>");
            })
    }),
    case("virtual, collected by number", |n| {
        repeated(n, "@user { \"u${i}\": uid => $i }")
            + &lines(n, |i, out| {
                let _ = write!(out, "User<| uid == {i} |>");
            })
    }),
    case("virtual, collected by two tags", |n| {
        repeated(n, "@notify { \"n${i}\": tag => ['all', \"t${i}\"] }")
            + &lines(n, |i, out| {
                let _ = write!(out, "Notify<| tag == 'all' and tag == 't{i}' |>");
            })
    }),
    case("overrides by attribute", |n| {
        repeated(n, "notify { \"n${i}\": message => \"m${i}\" }")
            + &lines(n, |i, out| {
                let _ = write!(out, "Notify<| message == 'm{i}' |> {{ message => 'x{i}', tag => 'y' }}");
            })
    }),
    case("collectors in rounds of defines", |n| {
        "define inner() { @notify { \"i-${title}\": tag => $title } }\ndefine outer() { @inner { \"o-${title}\": tag => $title } }\n"
            .to_owned()
            + &repeated(n / 3, "@outer { \"t${i}\": tag => \"t${i}\" }")
            + &lines(n / 3, |i, out| {
                let _ = write!(out, "Outer<| tag == 't{i}' |> Inner<| tag == 't{i}' |> Notify<| tag == 'o-t{i}' |>");
            })
    }),
    case("arrows with collectors", |n| {
        repeated(n / 2, "notify { \"n${i}\": tag => \"t${i}\" } @notify { \"v${i}\": tag => \"v${i}\" }")
            + &lines(n / 2, |i, out| {
                let _ = write!(out, "Notify<| tag == 't{i}' |> -> Notify<| tag == 'v{i}' |>");
            })
    }),
    case("overrides of many collectors", |n| {
        repeated(n, "@notify { \"n${i}\": tag => \"t${i}\" }")
            + &lines(n, |i, out| {
                let _ = write!(out, "Notify<| tag == 't{i}' |> {{ message => 'm' }}");
            })
    }),
    case("defines, collected by tag", |n| {
        "define thing() { notify { \"in ${title}\": } }\n".to_owned()
            + &repeated(n / 2, "$tag = $i % 100 @thing { \"t${i}\": tag => \"g${tag}\" }")
            + &lines(100, |i, out| {
                let _ = write!(out, "Thing<| tag == 'g{i}' |>");
            })
    }),
    case("virtual, one collector each", |n| {
        repeated(n, "@notify { \"n${i}\": }")
            + &lines(n, |i, out| {
                let _ = write!(out, "Notify<| title == 'n{i}' |>");
            })
    }),
    case("virtual, realized", |n| {
        repeated(n, "@notify { \"n${i}\": }") + &repeated(n, "realize(Notify[\"n${i}\"])")
    }),
    case("virtual, realized together", |n| {
        repeated(n, "@notify { \"n${i}\": }")
            + &format!("$all = Integer[0, {}].map |$i| {{ Notify[\"n${{i}}\"] }}\nrealize($all)", n - 1)
    }),
    case("collector with overrides", |n| {
        repeated(n, "@file { \"/srv/${i}\": ensure => file }")
            + "File<| |> { owner => 'root', mode => '0600' }"
    }),
    case("defaults", |n| {
        "File { owner => 'root', group => 'root', mode => '0644' }\n".to_owned()
            + &repeated(n, "file { \"/srv/${i}\": ensure => file }")
    }),
    case("defaults in defines", |n| {
        "define thing() { File { mode => '0600' } file { \"/srv/${title}\": } }\nFile { owner => 'root' }\n"
            .to_owned()
            + &repeated(n / 2, "thing { \"t${i}\": }")
    }),
    case("overrides by reference", |n| {
        repeated(n, "notify { \"n${i}\": }") + &repeated(n, "Notify[\"n${i}\"] { message => 'm' }")
    }),
    case("chain of arrows", |n| {
        repeated(n, "notify { \"n${i}\": }")
            + &format!(
                "Integer[0, {}].each |$i| {{ $next = $i + 1 Notify[\"n${{i}}\"] -> Notify[\"n${{next}}\"] }}",
                n - 2
            )
    }),
    case("array before one", |n| {
        format!(
            "notify {{ 'last': }}\n$all = Integer[0, {}].map |$i| {{ notify {{ \"n${{i}}\": }} }}\n$all -> Notify['last']",
            n - 1
        )
    }),
    case("one before array", |n| {
        format!(
            "notify {{ 'first': }}\n$all = Integer[0, {}].map |$i| {{ notify {{ \"n${{i}}\": }} }}\nNotify['first'] -> $all",
            n - 1
        )
    }),
    case("set before set", |n| {
        let side = (n as f64).sqrt() as usize;
        format!(
            "$a = Integer[1, {side}].map |$i| {{ notify {{ \"a${{i}}\": }} }}\n$b = Integer[1, {side}].map |$i| {{ notify {{ \"b${{i}}\": }} }}\n$a -> $b"
        )
    }),
    small("one long chain", 900, |n| {
        lines(n, |i, out| {
            let _ = write!(out, "notify {{ 'n{i}': }} ->");
        }) + "notify { 'last': }"
    }),
    case("collectors in arrows", |n| {
        repeated(n / 2, "file { \"/srv/${i}\": }")
            + &repeated(n / 2, "notify { \"n${i}\": }")
            + "file { '/first': }\nservice { 'last': }\nFile['/first'] -> Notify<| |> ~> Service['last']\nFile<| title != '/first' |> -> Service['last']"
    }),
    case("required by all", |n| {
        "notify { 'first': }\n".to_owned() + &repeated(n, "notify { \"n${i}\": require => Notify['first'] }")
    }),
    case("requires all", |n| {
        format!(
            "$all = Integer[0, {}].map |$i| {{ notify {{ \"n${{i}}\": }} Notify[\"n${{i}}\"] }}\nnotify {{ 'last': require => $all }}",
            n - 1
        )
    }),
    case("tags of one", |n| {
        format!(
            "$tags = Integer[0, {}].map |$i| {{ \"t${{i}}\" }}\nnotify {{ 'n': tag => $tags }}\ntag($tags)",
            n - 1
        )
    }),
    case("classes side by side", |n| {
        lines(n, |i, out| {
            let _ = write!(out, "class c{i} {{ }} include c{i}");
        })
    }),
    case("classes with parameters", |n| {
        lines(n / 2, |i, out| {
            let _ = write!(
                out,
                "class c{i}(String $name_of = 'a', Optional[Integer] $count = undef) {{ notify {{ \"c{i} ${{name_of}}\": }} }} include c{i}"
            );
        })
    }),
    small("classes in each other", 1_000, |n| {
        lines(n, |i, out| {
            let _ = write!(out, "class c{i} {{ include c{} }}", i + 1);
        }) + &format!("class c{n} {{ }} include c0")
    }),
    small("classes inheriting", 1_000, |n| {
        lines(n, |i, out| {
            let _ = write!(out, "class c{} inherits c{i} {{ notify {{ 'n{i}': }} }}", i + 1);
        }) + &format!("class c0 {{ $x = 1 }} include c{n} notify {{ \"${{c{n}::x}}\": }}",)
    }),
    case("contained classes", |n| {
        let contained = lines(n, |i, out| {
            let _ = write!(out, "class c{i} {{ }}");
        });
        let contain = lines(n, |i, out| {
            let _ = write!(out, "contain c{i}");
        });
        format!("{contained}class all {{ {contain} }} include all")
    }),
    case("contained by many", |n| {
        lines(n / 2, |i, out| {
            let _ = write!(out, "class c{i} {{ contain common }} include c{i}");
        }) + "class common { }"
    }),
    case("required by many", |n| {
        lines(n / 2, |i, out| {
            let _ = write!(out, "class c{i} {{ require common }} include c{i}");
        }) + "class common { }"
    }),
    case("required classes", |n| {
        let required = lines(n, |i, out| {
            let _ = write!(out, "class c{i} {{ }}");
        });
        let require = lines(n, |i, out| {
            let _ = write!(out, "require c{i}");
        });
        format!("{required}class all {{ {require} }} include all")
    }),
    case("variables of one block", |n| {
        let set = lines(n, |i, out| {
            let _ = write!(out, "$v{i} = {i}");
        });
        let read = lines(n, |i, out| {
            let _ = write!(out, "$w{i} = $v{i}");
        });
        format!("with(1) |$one| {{ {set} {read} notify {{ \"${{w1}}\": }} }}")
    }),
    case("variables of one class", |n| {
        let set = lines(n, |i, out| {
            let _ = write!(out, "$v{i} = {i}");
        });
        let read = lines(n, |i, out| {
            let _ = write!(out, "$w{i} = $v{i}");
        });
        format!("class a {{ {set} {read} }} include a notify {{ \"${{a::w1}}\": }}")
    }),
    case("create_resources", |n| {
        format!(
            "$all = Hash(Integer[0, {}].map |$i| {{ [\"n${{i}}\", {{ 'message' => \"m${{i}}\" }}] }})\ncreate_resources('notify', $all)",
            n - 1
        )
    }),
    case("attributes from a hash", |n| {
        repeated(
            n,
            "$attributes = { 'message' => \"m${i}\", 'loglevel' => 'info' } notify { \"n${i}\": * => $attributes }",
        )
    }),
    case("hash by +", |n| {
        format!(
            "$all = Integer[0, {}].reduce({{}}) |$memo, $i| {{ $memo + {{ \"k${{i}}\" => $i }} }}\nnotify {{ \"${{$all.size}}\": }}",
            n - 1
        )
    }),
    case("array by +", |n| {
        format!(
            "$all = Integer[0, {}].reduce([]) |$memo, $i| {{ $memo + [\"k${{i}}\"] }}\nnotify {{ \"${{$all.size}}\": }}",
            n - 1
        )
    }),
    case("array by <<", |n| {
        format!(
            "$all = Integer[0, {}].reduce([]) |$memo, $i| {{ $memo << \"k${{i}}\" }}\nnotify {{ \"${{$all.size}}\": }}",
            n - 1
        )
    }),
    case("string by interpolation", |n| {
        format!(
            "$all = Integer[0, {}].reduce('') |$memo, $i| {{ \"${{memo}}line ${{i}}\\n\" }}\nnotify {{ \"${{$all.size}}\": }}",
            n - 1
        )
    }),
    case("array without another", |n| {
        format!(
            "$a = Integer[0, {}].map |$i| {{ \"k${{i}}\" }}\n$b = $a.filter |$k| {{ $k =~ /5$/ }}\n$c = $a - $b\nnotify {{ \"${{$c.size}}\": }}",
            n - 1
        )
    }),
    case("unique, sort, join, flatten", |n| {
        format!(
            "$a = Integer[0, {}].map |$i| {{ [\"k${{i}}\"] }}\n$b = ($a + $a).flatten.unique.sort.join(',')\nnotify {{ \"${{$b.size}}\": }}",
            n - 1
        )
    }),
    case("membership in an array", |n| {
        format!(
            "$a = Integer[0, {}].map |$i| {{ \"k${{i}}\" }}\n$known = Hash($a.map |$k| {{ [$k, 1] }})\n$b = $a.filter |$k| {{ $k in $known }}\nnotify {{ \"${{$b.size}}\": }}",
            n - 1
        )
    }),
    case("key in hash", |n| {
        format!(
            "$all = Hash(Integer[0, {0}].map |$i| {{ [\"k${{i}}\", $i] }})\n$found = Integer[0, {0}].filter |$i| {{ \"k${{i}}\" in $all }}\nnotify {{ \"${{$found.size}}\": }}",
            n - 1
        )
    }),
    case("key not in hash", |n| {
        format!(
            "$all = Hash(Integer[0, {0}].map |$i| {{ [\"k${{i}}\", $i] }})\n$found = Integer[0, {0}].filter |$i| {{ \"x${{i}}\" in $all }}\nnotify {{ \"${{$found.size}}\": }}",
            n - 1
        )
    }),
    case("hash by merge", |n| {
        format!(
            "$all = Integer[0, {}].reduce({{}}) |$memo, $i| {{ merge($memo, {{ \"k${{i}}\" => $i }}) }}\nnotify {{ \"${{$all.size}}\": }}",
            n - 1
        )
    }),
    case("groups in a hash", |n| {
        format!(
            "$all = Integer[0, {}].reduce({{}}) |$memo, $i| {{ $memo + {{ \"k${{i}}\" => $memo.size }} }}\nnotify {{ \"${{$all.size}}\": }}",
            n - 1
        )
    }),
    case("hash by + on a condition", |n| {
        format!(
            "$all = Integer[0, {}].reduce({{}}) |$memo, $i| {{ if $i % 3 == 0 {{ $memo }} else {{ $memo + {{ \"k${{i}}\" => $i }} }} }}\nnotify {{ \"${{$all.size}}\": }}",
            n - 1
        )
    }),
    case("new keys of a memo", |n| {
        format!(
            "$all = Integer[0, {}].reduce({{}}) |$memo, $i| {{ if \"K${{i}}\" in $memo {{ $memo }} else {{ $memo + {{ \"k${{i}}\" => $i }} }} }}\nnotify {{ \"${{$all.size}}\": }}",
            n - 1
        )
    }),
    case("lists in a hash", |n| {
        format!(
            "$all = Integer[0, {}].reduce({{}}) |$memo, $i| {{ $key = \"k${{$i % 1000}}\" $old = $memo[$key] $new = $old ? {{ undef => [$i], default => $old + [$i] }} $memo + {{ $key => $new }} }}\nnotify {{ \"${{$all.size}}\": }}",
            n - 1
        )
    }),
    case("items in an array", |n| {
        format!(
            "$all = Integer[0, {0}].map |$i| {{ \"k${{i}}\" }}\n$found = Integer[0, {0}].filter |$i| {{ \"k${{$i * 2}}\" in $all }}\nnotify {{ \"${{$found.size}}\": }}",
            n - 1
        )
    }),
    data(
        "lookups",
        |n| texts(n, |i| format!("key{i}: value {i}")),
        |n| repeated(n, "notify { \"n${i}\": message => lookup(\"key${i}\") }"),
    ),
    data(
        "lookups with options",
        |n| {
            let options = texts(n, |i| format!("  key{i}: {{merge: unique}}"));
            let values = texts(n, |i| format!("key{i}: [a, '%{{facts.x}}{i}']"));
            format!("lookup_options:\n{options}\n{values}")
        },
        |n| repeated(n, "notify { \"n${i}\": message => lookup(\"key${i}\") }"),
    ),
    data(
        "class parameters in data",
        |n| texts(n, |i| format!("c{i}::text: value {i}")),
        |n| {
            lines(n, |i, out| {
                let _ = write!(out, "class c{i}(String $text) {{ }} include c{i}");
            })
        },
    ),
    reading("reading literals", |n| {
        lines(n, |i, out| {
            let _ = write!(
                out,
                "file {{ '/srv/{i}': ensure => file, mode => '0644', content => \"x${{facts['a']}} {i}\" }}"
            );
        })
    }),
    reading("reading classes", |n| {
        lines(n, |i, out| {
            let _ = write!(out, "class c{i}(Optional[String] $a = undef) {{ if $a {{ notify {{ $a: }} }} }}");
        })
    }),
    reading("reading one hash", |n| {
        format!("$all = {{\n{}}}", texts(n, |i| format!("'k{i}' => ['a', {i}, true],")))
    }),
    reading("reading one string", |n| {
        format!("$a = 1 $all = \"{}\"", texts(n, |i| format!("line {i} ${{a}} of many")))
    }),
    reading("reading comments", |n| texts(n, |i| format!("# line {i} of a comment\n"))),
    case("epp", |n| repeated(n, "notify { inline_epp('<%= $x %> and more', { 'x' => $i }): }")),
    case("typed function", |n| {
        "function f(String $a, Integer[0] $b, Hash[String, Variant[Integer, String]] $c = {}) >> String { \"${a}${b}\" }\n".to_owned()
            + &repeated(n, "notify { f('x', $i, { 'a' => 1 }): }")
    }),
    case("a shared big hash", |n| {
        format!(
            "$all = Hash(Integer[0, {}].map |$i| {{ [\"k${{i}}\", $i] }})\ndefine thing(Hash[String, Integer] $all) {{ notify {{ $title: message => $all[$title] }} }}\n",
            n - 1
        ) + "Integer[0, 9].each |$i| { thing { \"k${i}\": all => $all } }"
    }),
    case("exported by others", |n| repeated(n / 10, "notify { \"n${i}\": }") + "Notify<<| tag == 'x' |>>"),
    case("exported", |n| repeated(n, "@@notify { \"n${i}\": tag => 'x' }")),
    case("sensitive", |n| repeated(n, "notify { \"n${i}\": message => Sensitive(\"s${i}\") }")),
    case("schedule on containers", |n| {
        "define thing() { notify { \"in ${title}\": } }\nschedule { 's': period => daily }\n".to_owned()
            + &repeated(n / 2, "thing { \"t${i}\": schedule => 's', noop => true, tag => 'x' }")
    }),
];
