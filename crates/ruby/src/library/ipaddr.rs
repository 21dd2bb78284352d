//! The library `ipaddr`: addresses and networks.

use std::cmp::Ordering;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::rc::Rc;

use super::Object;
use crate::class::Class;
use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::{Eval, Flow, unsupported};
use crate::name::M;
use crate::value::{Range, Value};

/// An address with its mask; the bits outside of the mask are 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct IpAddr {
    is_v6: bool,
    bits: u128,
    mask: u128,
}

/// An address as an object.
pub(crate) fn value(address: IpAddr) -> Value {
    Value::Object(Rc::new(Object::IpAddr(address)))
}

impl IpAddr {
    fn width(self) -> u32 {
        if self.is_v6 { 128 } else { 32 }
    }

    fn all(is_v6: bool) -> u128 {
        if is_v6 { u128::MAX } else { u128::from(u32::MAX) }
    }

    fn prefix_mask(is_v6: bool, length: u32) -> Option<u128> {
        let width = if is_v6 { 128 } else { 32 };
        let rest = width - Some(length).filter(|&length| length <= width)?;
        Some(IpAddr::all(is_v6) & !1_u128.checked_shl(rest).map_or(u128::MAX, |bit| bit - 1))
    }

    fn masked(self, mask: u128) -> IpAddr {
        IpAddr { bits: self.bits & mask, mask, ..self }
    }

    fn with_bits(self, bits: u128) -> IpAddr {
        IpAddr { bits: bits & IpAddr::all(self.is_v6), ..self }
    }

    fn show(self, bits: u128) -> String {
        if self.is_v6 {
            return show_v6(bits);
        }
        Ipv4Addr::from(u32::try_from(bits).unwrap_or(u32::MAX)).to_string()
    }

    pub(super) fn to_s(self) -> String {
        self.show(self.bits)
    }

    pub(super) fn inspect(self) -> String {
        let family = if self.is_v6 { "IPv6" } else { "IPv4" };
        let full = |bits: u128| {
            if self.is_v6 {
                Ipv6Addr::from(bits).segments().map(|part| format!("{part:04x}")).join(":")
            } else {
                self.show(bits)
            }
        };
        format!("#<IPAddr: {family}:{}/{}>", full(self.bits), full(self.mask))
    }

    pub(super) fn compare(self, other: &IpAddr) -> Option<Ordering> {
        (self.is_v6 == other.is_v6).then(|| self.bits.cmp(&other.bits))
    }

    fn last(self) -> u128 {
        self.bits | (!self.mask & IpAddr::all(self.is_v6))
    }

    fn prefix(self) -> u32 {
        (self.mask & IpAddr::all(self.is_v6)).count_ones()
    }
}

/// Ruby shortens the longest run of zeros, the first one of several, and shows mapped addresses with dots.
fn show_v6(bits: u128) -> String {
    Ipv6Addr::from(bits).to_string()
}

pub(crate) fn class_method(it: &mut Interp<'_>, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    match id {
        M::New => {
            args.count(it, 0, 2)?;
            match args.values {
                [] => Ok(Some(value(IpAddr { is_v6: true, bits: 0, mask: u128::MAX }))),
                [Value::Text(text)] => Ok(Some(value(parse(it, &text.share())?))),
                _ => Err(unsupported("IPAddr.new with these arguments")),
            }
        }
        _ => Ok(None),
    }
}

fn parse(it: &Interp<'_>, text: &str) -> Eval<IpAddr> {
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address, Some(prefix)),
        None => (text, None),
    };
    let address = parse_address(it, address, text)?;
    match prefix {
        None => Ok(address),
        Some(prefix) => Ok(address.masked(parse_mask(it, address, prefix, text)?)),
    }
}

fn parse_address(it: &Interp<'_>, address: &str, whole: &str) -> Eval<IpAddr> {
    let plain = address.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(address);
    if let Ok(address) = plain.parse::<Ipv4Addr>() {
        return Ok(IpAddr { is_v6: false, bits: u128::from(u32::from(address)), mask: u128::from(u32::MAX) });
    }
    if plain.contains('%') {
        return Err(unsupported("IPAddr with a zone"));
    }
    if let Ok(address) = plain.parse::<Ipv6Addr>() {
        return Ok(IpAddr { is_v6: true, bits: u128::from(address), mask: u128::MAX });
    }
    let looks_v4 =
        plain.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && plain.matches('.').count() == 3;
    if looks_v4 {
        let is_ambiguous = plain.split('.').any(|part| part.len() > 1 && part.starts_with('0'));
        let what =
            if is_ambiguous { "zero-filled number in IPv4 address is ambiguous" } else { "invalid address" };
        return Err(it.raise(Class::IpAddrInvalidAddress, format!("{what}: {plain}")));
    }
    let _ = whole;
    Err(it.raise(Class::IpAddrInvalidAddress, format!("invalid address: {address}")))
}

fn parse_mask(it: &Interp<'_>, address: IpAddr, prefix: &str, whole: &str) -> Eval<u128> {
    if !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_digit()) {
        let mask = prefix.parse().ok().and_then(|length| IpAddr::prefix_mask(address.is_v6, length));
        return mask.ok_or_else(|| it.raise(Class::IpAddrInvalidPrefix, format!("invalid length: {whole}")));
    }
    let mask = parse_address(it, prefix, whole)?;
    if mask.is_v6 != address.is_v6 {
        return Err(it.raise(Class::IpAddrInvalidPrefix, "address family is not same".to_owned()));
    }
    Ok(mask.bits)
}

/// An address given as an object or as text.
fn other(it: &mut Interp<'_>, value: &Value) -> Eval<IpAddr> {
    match value {
        Value::Object(object) => match &**object {
            Object::IpAddr(address) => Ok(*address),
            _ => Err(unsupported("IPAddr with this argument")),
        },
        Value::Text(text) => parse(it, &text.share()),
        _ => Err(unsupported("IPAddr with this argument")),
    }
}

/// Whether an address or network lies in a network.
pub(crate) fn includes(it: &mut Interp<'_>, me: &IpAddr, value: &Value) -> Eval<bool> {
    let other = other(it, value)?;
    Ok(me.is_v6 == other.is_v6 && other.bits >= me.bits && other.last() <= me.last())
}

pub(crate) fn call(it: &mut Interp<'_>, me: &IpAddr, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    Ok(Some(match id {
        M::ToS => {
            args.none(it)?;
            Value::string(me.to_s())
        }
        M::Ipv4Is => Value::Bool(!me.is_v6),
        M::Ipv6Is => Value::Bool(me.is_v6),
        M::Prefix => Value::Int(i64::from(me.prefix())),
        M::ToI => i64::try_from(me.bits).map(Value::Int).map_err(|_| crate::methods::number::too_large())?,
        M::IncludeIs | M::CaseEqual => Value::Bool(includes(it, me, args.one(it)?)?),
        M::Mask => {
            let mask = match args.one(it)? {
                Value::Int(length) => {
                    let mask =
                        u32::try_from(*length).ok().and_then(|length| IpAddr::prefix_mask(me.is_v6, length));
                    match mask {
                        Some(mask) => mask,
                        None => return Err(invalid_length(it, me, *length)),
                    }
                }
                Value::Text(text) => parse_mask(it, *me, &text.borrow(), &text.borrow())?,
                _ => return Err(unsupported("IPAddr#mask with this argument")),
            };
            value(me.masked(mask))
        }
        M::ToRange => {
            let first = value(IpAddr { mask: IpAddr::all(me.is_v6), ..*me });
            let last = value(IpAddr { bits: me.last(), mask: IpAddr::all(me.is_v6), ..*me });
            Value::Range(Rc::new(Range { start: first, end: last, exclusive: false }))
        }
        M::Succ => value(me.with_bits(me.bits.wrapping_add(1))),
        M::BitAnd | M::BitOr => {
            let bits = match args.one(it)? {
                Value::Int(number) => u128::try_from(*number).unwrap_or_default(),
                address => other(it, address)?.bits,
            };
            value(me.with_bits(if id == M::BitAnd { me.bits & bits } else { me.bits | bits }))
        }
        M::BitNot => value(me.with_bits(!me.bits)),
        M::ShiftLeft | M::ShiftRight => {
            let by = u32::try_from(it.int_argument(args.one(it)?)?).unwrap_or(u32::MAX).min(me.width());
            let bits = if id == M::ShiftLeft { me.bits.checked_shl(by) } else { me.bits.checked_shr(by) };
            value(me.with_bits(bits.unwrap_or_default()))
        }
        M::Equal => Value::Bool(match args.one(it)? {
            address @ (Value::Object(_) | Value::Text(_)) => match other(it, address) {
                Ok(other) => other.is_v6 == me.is_v6 && other.bits == me.bits,
                Err(flow) if matches!(*flow, Flow::Raise(_)) => false,
                Err(flow) => return Err(flow),
            },
            _ => false,
        }),
        M::Less | M::LessEqual | M::Greater | M::GreaterEqual | M::BetweenIs => {
            return crate::methods::string::comparable(it, &value(*me), id, args);
        }
        _ => return Ok(None),
    }))
}

fn invalid_length(it: &Interp<'_>, me: &IpAddr, length: i64) -> Box<Flow> {
    it.raise(Class::IpAddrInvalidPrefix, format!("invalid length: {}/{length}", me.to_s()))
}
