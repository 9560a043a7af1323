//! What becomes of a period whose last day is a rest day.
//!
//! What: 行政程序法 §48 IV (a rest day's end moves to the next day, a Saturday's to Monday
//! morning), 民法 §122 (Saturday is a rest day like any other), and papers that say
//! nothing of either. An adjusted day off (調整放假) and a day off in lieu (補假) are rest days.
//! Where the law leaves more than one reading, the deadline follows one and `readings`
//! lists each. Their keys:
//!
//! | key | the end | taken |
//! | --- | --- | --- |
//! | `saturday_then_holiday_morning` | Saturday whose Monday is off: the next working day's morning | yes |
//! | `saturday_then_holiday_whole_day` | … that whole day | no |
//! | `make_up_saturday_same_day` | a Saturday that is worked: that day | yes |
//! | `make_up_saturday_monday_morning` | … Monday morning, by the letter | no |
//! | `holiday_then_saturday_whole_day` | a rest day moved past a Saturday: the next working day | yes |
//! | `holiday_then_saturday_morning` | … only its morning, if the Saturday is taken by the letter | no |
//! | `as_stated_moves` | a rest day under a paper that is silent: the next working day | no |
//!
//! What it can't know: a Saturday that is a national holiday itself. It is taken as a
//! Saturday, which is the stricter of the two.

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};

use crate::calendar::{Calendar, UnknownYear};
use crate::roc::{roc_short, roc_short_weekday};
use crate::types::{Deadline, Moment, Outcome, PartOfDay, Reading, Rule, Step, Undetermined};

/// 行政程序法 §48 IV.
pub(crate) fn rest_day_and_saturday(end: Date, steps: Vec<Step>, calendar: &Calendar) -> Outcome {
    let moved = calendar
        .is_working(end)
        .and_then(|working| match (working, is_saturday(end)) {
            (true, true) => Ok(stays_on_make_up_saturday(end, calendar)),
            (true, false) => Ok(stays(end, calendar)),
            (false, true) => saturday_moves(end, calendar),
            (false, false) => holiday_moves(end, calendar),
        });
    outcome(moved, end, steps)
}

/// 民法 §122.
pub(crate) fn rest_day(end: Date, steps: Vec<Step>, calendar: &Calendar) -> Outcome {
    let moved = calendar.is_working(end).and_then(|working| {
        if working {
            Ok(stays(end, calendar))
        } else {
            rest_day_moves(end, calendar)
        }
    });
    outcome(moved, end, steps)
}

/// The paper's own words: nothing moves; that 民法 §122 would move the end is a reading.
pub(crate) fn as_stated(end: Date, steps: Vec<Step>, calendar: &Calendar) -> Outcome {
    let day = roc_short_weekday(end);
    let (kind, to, note) = match calendar.is_working(end) {
        Ok(true) => return outcome(Ok(stays(end, calendar)), end, steps),
        Ok(false) => {
            let kind = format!("末日 {day}為{}，", calendar.day_off_words(end));
            match calendar.next_working(end) {
                Ok(to) => (
                    kind,
                    Some(to),
                    format!("若依一般規定順延，為 {}", roc_short_weekday(to)),
                ),
                Err(unknown) => (kind, None, format!("若依一般規定順延：{unknown}，無法確定日期")),
            }
        }
        Err(unknown) => (
            format!("末日 {day}"),
            None,
            format!("若末日為放假日而依一般規定順延：{unknown}，無法確定是否順延"),
        ),
    };
    let moved = Moved {
        readings: vec![reading("as_stated_moves", to, PartOfDay::WholeDay, false, note)],
        ..Moved::to(
            end,
            step(Rule::AsStated, end, end, format!("{kind}依文件所載不順延")),
        )
    };
    outcome(Ok(moved), end, steps)
}

/// Where the end of a period went.
struct Moved {
    end: Date,
    part_of_day: PartOfDay,
    steps: Vec<Step>,
    readings: Vec<Reading>,
}

impl Moved {
    /// To the whole of a day, in one step.
    fn to(end: Date, step: Step) -> Self {
        Self {
            end,
            part_of_day: PartOfDay::WholeDay,
            steps: vec![step],
            readings: Vec::new(),
        }
    }
}

fn stays(end: Date, calendar: &Calendar) -> Moved {
    let note = match calendar.name(end) {
        Some(name) => format!("末日 {}為上班日（{name}），不順延", roc_short_weekday(end)),
        None => format!("末日 {}為上班日，不順延", roc_short_weekday(end)),
    };
    Moved::to(end, step(Rule::NoMove, end, end, note))
}

/// By the letter a Saturday's end moves to Monday morning; on a Saturday that is worked
/// the reason for moving is absent. The stricter reading is taken.
fn stays_on_make_up_saturday(end: Date, calendar: &Calendar) -> Moved {
    let day = roc_short_weekday(end);
    let monday = monday_or_later(end, calendar).ok();
    let by_the_letter = match monday {
        Some(monday) => format!("依文義，末日為星期六者以 {}上午為末日", roc_short_weekday(monday)),
        None => "依文義，末日為星期六者移至次週上午；辦公日曆表不足，無法確定日期".into(),
    };
    let name = calendar.name(end).unwrap_or("補行上班");
    let note = format!("末日 {day}照常上班（{name}），不順延（採較嚴之解釋）");
    let same_day = format!("{day}照常上班，以當日為末日");
    Moved {
        readings: vec![
            reading(
                "make_up_saturday_same_day",
                Some(end),
                PartOfDay::WholeDay,
                true,
                same_day,
            ),
            reading(
                "make_up_saturday_monday_morning",
                monday,
                PartOfDay::Morning,
                false,
                by_the_letter,
            ),
        ],
        ..Moved::to(end, step(Rule::MakeUpSaturday, end, end, note))
    }
}

fn saturday_moves(end: Date, calendar: &Calendar) -> Result<Moved, UnknownYear> {
    let to = monday_or_later(end, calendar)?;
    let monday = following_monday(end)?;
    let note = format!(
        "末日 {} 為星期六，以次週一 {} 上午為末日",
        roc_short(end),
        roc_short(monday)
    );
    let mut moved = Moved {
        part_of_day: PartOfDay::Morning,
        ..Moved::to(to, step(Rule::SaturdayMoves, end, monday, note))
    };
    if to != monday {
        let (off, day) = (calendar.day_off_words(monday), roc_short_weekday(to));
        let note = format!(
            "{} 為{off}，順延至 {day}，仍以上午為準（採較嚴之解釋）",
            roc_short(monday)
        );
        moved.steps.push(step(Rule::RestDayMoves, monday, to, note));
        let morning = format!("順延不改變「上午」之限，以 {day}上午為末日");
        let whole = format!("次週一既為放假日，以順延後之 {day}全日為末日");
        moved.readings = vec![
            reading(
                "saturday_then_holiday_morning",
                Some(to),
                PartOfDay::Morning,
                true,
                morning,
            ),
            reading(
                "saturday_then_holiday_whole_day",
                Some(to),
                PartOfDay::WholeDay,
                false,
                whole,
            ),
        ];
    }
    Ok(moved)
}

/// A rest day other than a Saturday, under the rule that treats Saturdays apart.
fn holiday_moves(end: Date, calendar: &Calendar) -> Result<Moved, UnknownYear> {
    let mut moved = rest_day_moves(end, calendar)?;
    let to = moved.end;
    let day = roc_short_weekday(to);
    if is_saturday(to) {
        let stayed = stays_on_make_up_saturday(to, calendar);
        moved.steps.extend(stayed.steps);
        moved.readings = stayed.readings;
    }
    if end.series(1.day()).take_while(|day| *day < to).any(is_saturday) {
        if moved.readings.is_empty() {
            let note = format!("末日本為放假日，其後之星期六僅為順延所經，以 {day}全日為末日");
            let key = "holiday_then_saturday_whole_day";
            moved
                .readings
                .push(reading(key, Some(to), PartOfDay::WholeDay, true, note));
        }
        let note = format!("若順延所經之星期六亦適用星期六之規定，以 {day}上午為末日");
        let key = "holiday_then_saturday_morning";
        moved
            .readings
            .push(reading(key, Some(to), PartOfDay::Morning, false, note));
    }
    Ok(moved)
}

/// To the next day, and again until it is a working day.
fn rest_day_moves(end: Date, calendar: &Calendar) -> Result<Moved, UnknownYear> {
    let to = calendar.next_working(end)?;
    let (day, kind) = (roc_short_weekday(end), calendar.day_off_words(end));
    let note = format!("末日 {day}為{kind}，順延至次一上班日 {}", roc_short_weekday(to));
    Ok(Moved::to(to, step(Rule::RestDayMoves, end, to, note)))
}

/// The Monday after a Saturday, or the first working day after it where that Monday is off.
fn monday_or_later(saturday: Date, calendar: &Calendar) -> Result<Date, UnknownYear> {
    let monday = following_monday(saturday)?;
    if calendar.is_working(monday)? {
        Ok(monday)
    } else {
        calendar.next_working(monday)
    }
}

fn following_monday(saturday: Date) -> Result<Date, UnknownYear> {
    saturday.checked_add(2.days()).map_err(|_| UnknownYear {
        year: saturday.year().saturating_add(1),
    })
}

fn is_saturday(day: Date) -> bool {
    day.weekday() == Weekday::Saturday
}

/// Puts the move after the steps that led to `end`; unknown where the calendar ends.
fn outcome(moved: Result<Moved, UnknownYear>, end: Date, mut steps: Vec<Step>) -> Outcome {
    match moved {
        Ok(Moved {
            end,
            part_of_day,
            steps: more,
            readings,
        }) => {
            steps.extend(more);
            Outcome::Known(Deadline {
                end: Moment::Day(end),
                part_of_day,
                steps,
                readings,
            })
        }
        Err(unknown) => {
            let day = roc_short_weekday(end);
            let note = format!("{unknown}，無法確定末日 {day}是否順延、順延至何日");
            steps.push(step(Rule::CalendarUnknown, end, end, note));
            Outcome::Unknown(Undetermined {
                not_before: end,
                missing_year: unknown.year,
                steps,
                likely: None,
            })
        }
    }
}

fn step(rule: Rule, from: Date, to: Date, note: String) -> Step {
    Step {
        rule,
        from: Moment::Day(from),
        to: Moment::Day(to),
        note,
    }
}

fn reading(key: &str, end: Option<Date>, part_of_day: PartOfDay, taken: bool, note: String) -> Reading {
    let part_of_day = end.map(|_| part_of_day);
    Reading {
        key: key.into(),
        end: end.map(Moment::Day),
        part_of_day,
        taken,
        note,
    }
}
