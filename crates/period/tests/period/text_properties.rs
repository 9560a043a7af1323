//! Properties of reading and writing dates and spans.

use period::{
    Date, Span, Start, Unit, parse_date, parse_instant, roc_instant, roc_long, roc_long_weekday, roc_short,
};
use proptest::prelude::*;

/// Any date whose year can be typed with three (ROC) or four (CE) digits.
fn dates() -> impl Strategy<Value = Date> {
    (1000i16..=9999, 1i8..=12, 1i8..=31).prop_filter_map("no such day", |(year, month, day)| {
        Date::new(year, month, day).ok()
    })
}

/// Strings that look enough like dates and periods to get past the first check.
fn near_misses() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[0-9年月日/.:TZ+ -]{0,24}",
        "(中華民國|民國|西元)?[0-9元〇一二三四五六七八九十百千廿]{0,6}年[0-9一二十]{0,4}月[0-9一二十]{0,4}日.{0,4}",
        "[0-9０-９一二三十百半]{0,6} {0,2}(個|hours|月|年|日|季|天|工作|.){0,3}",
    ]
}

proptest! {
    #[test]
    fn a_date_reads_back_from_every_style(date in dates()) {
        prop_assert_eq!(parse_date(&roc_long(date)), Ok(date));
        prop_assert_eq!(parse_date(&format!(" {} ", roc_short(date))), Ok(date));
        prop_assert_eq!(parse_date(&date.to_string()), Ok(date));
        prop_assert_eq!(parse_date(&date.to_string().replace('-', "")), Ok(date));
        prop_assert!(roc_long_weekday(date).starts_with(&roc_long(date)));
        let full_width: String = roc_short(date)
            .chars()
            .map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap())
            .collect();
        prop_assert_eq!(parse_date(&full_width), Ok(date));
    }

    #[test]
    fn an_instant_reads_back(date in dates(), hour in 0i8..24, minute in 0i8..60, second in 0i8..60) {
        let at = date.at(hour, minute, second, 0);
        prop_assert_eq!(parse_instant(&roc_instant(at)), Ok(at));
        prop_assert_eq!(parse_instant(&at.to_string()), Ok(at));
        prop_assert_eq!(Start::Instant(at).to_string().parse(), Ok(Start::Instant(at)));
        prop_assert_eq!(Start::Day(date).to_string().parse(), Ok(Start::Day(date)));
    }

    #[test]
    fn a_span_reads_back(amount in 1u32..=9999, unit in 0usize..Unit::ALL.len()) {
        let span = Span { amount, unit: Unit::ALL[unit] };
        prop_assert_eq!(span.to_string().parse(), Ok(span));
        prop_assert_eq!(span.to_string().to_uppercase().parse(), Ok(span));
        prop_assert_eq!(span.words().parse(), Ok(span));
    }

    #[test]
    fn no_text_makes_parsing_panic_and_every_error_is_short(text in near_misses()) {
        for message in [
            parse_date(&text).err(),
            parse_instant(&text).err(),
            text.parse::<Start>().err(),
            text.parse::<Span>().err(),
        ]
        .into_iter()
        .flatten()
        {
            let message = message.to_string();
            prop_assert!(message.contains("請輸入像"), "{}", message);
            prop_assert!(message.chars().count() < 200, "{}", message);
        }
    }
}
