//! Canonical JSON: one value, one sequence of bytes, so that its hash means something.
//!
//! After RFC 8785, except that integers up to 64 bits keep all their digits; the rules
//! are part of `docs/LEDGER.md`. What it can't know: numbers beyond 64 bits, which
//! `serde_json` has already rounded when it read them.

use serde_json::{Number, Value};

/// The canonical bytes of a value.
pub fn canonical(value: &Value) -> Vec<u8> {
    let mut out = String::new();
    write(value, &mut out);
    out.into_bytes()
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Value::Number(n) => out.push_str(&number(n)),
        Value::String(s) => string(s, out),
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            out.push('{');
            for (i, (key, member)) in members.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                string(key, out);
                out.push(':');
                write(member, out);
            }
            out.push('}');
        }
    }
}

fn string(s: &str, out: &mut String) {
    out.push('"');
    for c in s.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            c if c < ' ' => {
                out.push_str("\\u00");
                out.push_str(&ledger::hex(&[c as u8]));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

fn number(n: &Number) -> String {
    if n.is_i64() || n.is_u64() {
        return n.to_string();
    }
    // `serde_json` holds finite floats only.
    let x = n.as_f64().unwrap_or_default();
    if x == 0.0 {
        return "0".to_owned();
    }
    // Rust's `{:e}` gives the shortest digits that read back as the same float, which
    // are ECMAScript's digits too; only the layout differs.
    let scientific = format!("{:e}", x.abs());
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits = digits.replace('.', "");
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let laid_out = layout(&digits, exponent);
    if x < 0.0 { format!("-{laid_out}") } else { laid_out }
}

/// ECMAScript's Number::toString for digits `d.ddd` times ten to `exponent`.
fn layout(digits: &str, exponent: i32) -> String {
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let zeros = |n: i32| "0".repeat(usize::try_from(n).unwrap_or_default());
    if (0..21).contains(&exponent) {
        if count <= exponent + 1 {
            format!("{digits}{}", zeros(exponent + 1 - count))
        } else {
            let (whole, fraction) = digits.split_at(usize::try_from(exponent + 1).unwrap_or_default());
            format!("{whole}.{fraction}")
        }
    } else if (-6..0).contains(&exponent) {
        format!("0.{}{digits}", zeros(-exponent - 1))
    } else {
        let sign = if exponent < 0 { '-' } else { '+' };
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        format!("{first}{point}{rest}e{sign}{}", exponent.abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn text(value: &Value) -> String {
        String::from_utf8(canonical(value)).unwrap()
    }

    #[test]
    fn members_are_sorted_and_nothing_is_blank() {
        let value = json!({"b": [1, true, null], "a": {"z": "", "y": []}});
        assert_eq!(text(&value), r#"{"a":{"y":[],"z":""},"b":[1,true,null]}"#);
    }

    #[test]
    fn keys_are_sorted_as_utf16() {
        // RFC 8785, 3.2.3: U+1F600 sorts before U+FB33, as its first unit is U+D83D.
        let value =
            json!({"\u{20ac}": 1, "\r": 2, "\u{fb33}": 3, "1": 4, "\u{1f600}": 5, "\u{80}": 6, "\u{f6}": 7});
        assert_eq!(
            text(&value),
            "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"\u{f6}\":7,\"\u{20ac}\":1,\"\u{1f600}\":5,\"\u{fb33}\":3}"
        );
    }

    #[test]
    fn strings_are_escaped_minimally() {
        let value = json!("資安\u{20ac}$\u{f}\nA'B\"\\\"/\u{7f}\u{1b}");
        assert_eq!(
            text(&value),
            "\"資安\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\"/\u{7f}\\u001b\""
        );
    }

    #[test]
    fn numbers_are_printed_one_way() {
        // RFC 8785, appendix B, as far as JSON text can carry them.
        for (given, expected) in [
            ("24.0", "24"),
            ("-0.0", "0"),
            ("7.5", "7.5"),
            ("1e0", "1"),
            ("5e-324", "5e-324"),
            ("-5e-324", "-5e-324"),
            ("1.7976931348623157e308", "1.7976931348623157e+308"),
            ("9007199254740992.0", "9007199254740992"),
            ("295147905179352830000.0", "295147905179352830000"),
            ("9.999999999999997e22", "9.999999999999997e+22"),
            ("1e23", "1e+23"),
            ("999999999999999700000.0", "999999999999999700000"),
            ("1e21", "1e+21"),
            ("9.999999999999997e-7", "9.999999999999997e-7"),
            ("0.000001", "0.000001"),
            ("333333333.3333332", "333333333.3333332"),
            ("-0.0000033333333333333333", "-0.0000033333333333333333"),
            ("18446744073709551615", "18446744073709551615"),
            ("-9223372036854775808", "-9223372036854775808"),
        ] {
            let value: Value = serde_json::from_str(given).unwrap();
            assert_eq!(text(&value), expected, "{given}");
        }
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..6)
                    .prop_map(|m| Value::Object(m.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn reading_back_and_writing_again_changes_nothing(value in any_json()) {
            let once = canonical(&value);
            let again: Value = serde_json::from_slice(&once).unwrap();
            prop_assert_eq!(canonical(&again), once);
        }

        #[test]
        fn floats_keep_their_value(x in any::<f64>().prop_filter("finite", |x| x.is_finite())) {
            let back: f64 = text(&Value::from(x)).parse().unwrap();
            prop_assert!(back.total_cmp(&(x + 0.0)).is_eq(), "{back} {x}");
        }
    }
}
