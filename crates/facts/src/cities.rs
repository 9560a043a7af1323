//! The governments of special municipalities, counties and cities, by name.
//!
//! Why here: an agency says whose it is, and a rule whose agencies it binds; a name that is none of
//! these binds nobody. What it can't know: townships and the central government, which make no rules
//! that law files could hold.

/// 直轄市、縣（市）.
pub const LOCAL_GOVERNMENTS: &[&str] = &[
    "臺北市",
    "新北市",
    "桃園市",
    "臺中市",
    "臺南市",
    "高雄市",
    "基隆市",
    "新竹市",
    "嘉義市",
    "新竹縣",
    "苗栗縣",
    "彰化縣",
    "南投縣",
    "雲林縣",
    "嘉義縣",
    "屏東縣",
    "宜蘭縣",
    "花蓮縣",
    "臺東縣",
    "澎湖縣",
    "金門縣",
    "連江縣",
];

/// Whether a name is that of one; 台 and 臺 are the same.
pub fn is_local_government(name: &str) -> bool {
    let name = name.trim().replace('台', "臺");
    LOCAL_GOVERNMENTS.contains(&name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_city_is_known_by_either_spelling() {
        assert_eq!(LOCAL_GOVERNMENTS.len(), 22);
        assert!(is_local_government("台北市") && is_local_government(" 臺東縣"));
        assert!(!is_local_government("新台北市") && !is_local_government("中央") && !is_local_government(""));
    }
}
