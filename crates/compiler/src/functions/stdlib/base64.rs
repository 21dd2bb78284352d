//! `base64`

use pcore::Value;

use crate::error::Control;
use crate::functions::Legacy;
use crate::functions::ruby::base64;

/// Encodes or decodes Base64.
///
/// ```puppet
/// base64('encode', 'thestring')             # "dGhlc3RyaW5n\n"
/// base64('encode', 'thestring', 'strict')   # without line breaks
/// base64('decode', 'dGhlc3RyaW5n')          # 'thestring'
/// ```
///
/// The methods are `default` (lines of 60 characters; decoding skips what does not belong there), `strict` and
/// `urlsafe`. What is not UTF-8 when decoded is a Binary.
pub(super) const BASE64: Legacy = Legacy::value("base64", -1, |_, arguments| {
    let [action, text, rest @ ..] = arguments else {
        let count = arguments.len();
        return Err(format!("base64(): Wrong number of arguments ({count}; must be >= 2)").into());
    };
    let action = action.as_str().unwrap_or_default();
    if !matches!(action, "encode" | "decode") {
        return Err("base64(): the first argument must be one of 'encode' or 'decode'".into());
    }
    let Value::Str(text) = text else {
        return Err("base64(): the second argument must be a string to base64".into());
    };
    let method = match rest.first() {
        None => "default",
        Some(method) => method.as_str().unwrap_or_default(),
    };
    let invalid = || Control::from("invalid base64");
    match (method, action) {
        ("default", "encode") => Ok(base64::encode(text.as_bytes()).into()),
        ("strict", "encode") => Ok(base64::encode_strict(text.as_bytes()).into()),
        ("urlsafe", "encode") => Ok(base64::encode_url(text.as_bytes()).into()),
        ("default", _) => Ok(text_or_binary(base64::decode(text))),
        ("strict", _) => base64::decode_strict(text).map(text_or_binary).ok_or_else(invalid),
        ("urlsafe", _) => base64::decode_url(text).map(text_or_binary).ok_or_else(invalid),
        _ => Err("base64(): the third argument must be one of 'default', 'strict', or 'urlsafe'".into()),
    }
});

fn text_or_binary(bytes: Vec<u8>) -> Value {
    match String::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(error) => Value::Binary(error.into_bytes().into()),
    }
}
