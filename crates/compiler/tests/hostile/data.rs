//! Data that is far too large.

use compiler::{Image, ImageOptions, NodeInput, compile};

use crate::{BOUNDS, Nothing, says};

#[test]
fn a_hundred_megabytes_of_data() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| std::fs::write(folder.path().join(path), text).unwrap();
    std::fs::create_dir(folder.path().join("data")).unwrap();
    write("hiera.yaml", "version: 5\nhierarchy: [{ name: c, path: common.yaml }]\n");
    write("data/common.yaml", "a: 1\n");
    let file = std::fs::File::options().write(true).open(folder.path().join("data/common.yaml")).unwrap();
    file.set_len(100 << 20).unwrap();
    let options = ImageOptions {
        directory: Some(folder.path().to_owned()),
        code: Some("notice(lookup('a'))".into()),
        bounds: BOUNDS,
        ..ImageOptions::default()
    };
    let node = NodeInput { certname: "n1".into(), ..NodeInput::default() };
    let said = says(compile(&Image::load(&options).unwrap(), &Nothing, &node));
    let said = said.replace(&folder.path().display().to_string(), "DIR");
    let error = "Evaluation Error: Error while evaluating a Function Call, DIR/data/common.yaml: the file has 104857600 bytes, and \
                 67108864 are allowed (line: 1, column: 8) on node n1";
    assert_eq!(said, error);
    // Others are not the worse for it.
    file.set_len(5).unwrap();
    assert_eq!(says(compile(&Image::load(&options).unwrap(), &Nothing, &node)), "compiled 1");
}
