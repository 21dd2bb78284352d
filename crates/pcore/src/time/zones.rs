//! Time zones as text: offsets (`+01:30`, `UTC-3`), abbreviations (`PST`) and names (`Eastern Standard Time`), as Ruby's
//! `date` library knows them. None of them knows when summer time begins; it has to be said.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// The zone at the start of a text, if there is one.
pub(super) fn leading_zone(text: &str) -> Option<&str> {
    static ZONE: LazyLock<Option<regex::Regex>> = LazyLock::new(|| {
        let offset = r"(?i-u:(?:gmt|utc?)?[-+][0-9]+(?:[,.:][0-9]+(?::[0-9]+)?)?)";
        let name = r"(?-u:[A-Za-z. \t\r\n\x0b\x0c]+(?i:standard|daylight)[ \t\r\n\x0b\x0c]+(?i:time)\b)";
        let short = r"(?-u:[A-Za-z]+(?:[ \t\r\n\x0b\x0c]+(?i:dst))?\b)";
        regex::Regex::new(&format!(r"\A(?:{offset}|{name}|{short})")).ok()
    });
    ZONE.as_ref()?.find(text).map(|zone| zone.as_str())
}

/// Nanoseconds east of UTC; `None` for a zone that nobody knows.
pub(super) fn offset(zone: &str) -> Option<i64> {
    let lower = zone.to_ascii_lowercase();
    let mut words: Vec<&str> = lower.split_ascii_whitespace().collect();
    let mut summer = 0;
    match words[..] {
        [.., "standard", "time"] if words.len() > 2 => words.truncate(words.len() - 2),
        [.., "daylight", "time"] if words.len() > 2 => {
            words.truncate(words.len() - 2);
            summer = 3600;
        }
        [.., "dst"] if words.len() > 1 => {
            words.truncate(words.len() - 1);
            summer = 3600;
        }
        _ => {}
    }
    let name = words.join(" ");
    if let Some(seconds) = ZONES.get(name.as_str()) {
        return Some(i64::from(seconds + summer) * NANOSECONDS);
    }
    let rest = name.strip_prefix("gmt").or_else(|| name.strip_prefix("utc")).unwrap_or(&name);
    let (negative, rest) = match rest.strip_prefix(['+', '-']) {
        Some(number) => (rest.starts_with('-'), number),
        None => return None,
    };
    let nanoseconds = numeric(rest)?;
    Some(if negative { -nanoseconds } else { nanoseconds })
}

const NANOSECONDS: i64 = 1_000_000_000;

/// `1`, `130`, `1:30:15`, `1.5`
fn numeric(text: &str) -> Option<i64> {
    let number = |digits: &str| digits.parse::<i64>().ok();
    if text.contains(':') {
        let mut seconds = 0;
        for (part, unit) in text.split(':').zip([3600, 60, 1]) {
            seconds += number(part)?.checked_mul(unit)?;
        }
        return seconds.checked_mul(NANOSECONDS);
    }
    if let Some((hours, fraction)) = text.split_once([',', '.']) {
        let fraction = fraction.get(..9).unwrap_or(fraction);
        let scale = 10_i64.pow(u32::try_from(fraction.len()).ok()?);
        let part = i128::from(number(fraction)?) * 3600 * i128::from(NANOSECONDS) / i128::from(scale);
        return number(hours)?.checked_mul(3600 * NANOSECONDS)?.checked_add(i64::try_from(part).ok()?);
    }
    if text.len() <= 2 {
        return number(text)?.checked_mul(3600 * NANOSECONDS);
    }
    // Hours have one digit if the number of digits is odd.
    let (hours, rest) = text.split_at_checked(2 - text.len() % 2)?;
    let part = |at: usize| rest.get(at..at + 2).map_or(Some(0), number);
    Some((number(hours)? * 3600 + part(0)? * 60 + part(2)?) * NANOSECONDS)
}

static ZONES: LazyLock<FxHashMap<&str, i32>> = LazyLock::new(|| {
    let named = TABLE.iter().flat_map(|(offset, names)| names.split('|').map(move |name| (name, *offset)));
    named.collect()
});

/// Seconds east of UTC and the names that mean them, without `standard time`.
const TABLE: &[(i32, &str)] = &[
    (-43200, "y|idlw|dateline|aoe"),
    (-39600, "x|nt|sst|samoa|nut"),
    (-36000, "w|ahst|hast|hst|hawaiian|ckt|taht"),
    (-32400, "v|akst|hadt|hdt|yst|alaskan|gamt"),
    (-30600, "mart"),
    (-28800, "pst|u|akdt|ydt|pacific"),
    (-25200, "mst|pdt|t|mountain|us mountain"),
    (-21600, "cst|mdt|s|east|canada central|central america|central|mexico|galt"),
    (-18000, "est|cdt|r|eastern|sa pacific|us eastern|act|cist|cot|easst|ect|pet"),
    (-14400, "edt|q|ast|clt|atlantic|pacific sa|sa western|bot|cidst|fkt|gyt|vet"),
    (-12600, "newfoundland"),
    (
        -10800,
        "p|art|adt|brt|clst|e. south america|greenland|sa eastern|fkst|gft|pmst|pyst|rott|srt|uyt|warst|\
         wgt",
    ),
    (-9000, "nst"),
    (-7200, "o|at|brst|fnt|pmdt|uyst|wgst"),
    (-5400, "ndt"),
    (-3600, "n|azores|cape verde|azot|cvt|egt"),
    (0, "ut|gmt|z|utc|wet|greenwich|azost|egst|wt"),
    (
        3600,
        "a|bst|cet|fwt|met|mewt|mez|swt|wat|west|central europe|central european|romance|\
         w. central africa|w. europe",
    ),
    (7200, "b|cat|cest|eet|fst|mest|mesz|sast|wast|e. europe|egypt|fle|gtb|jerusalem|south africa"),
    (10800, "c|bt|eat|eest|msk|arab|arabic|e. africa|russian|fet|idt|syot|trt"),
    (12600, "iran|irst"),
    (14400, "d|msd|arabian|caucasus|azt|get|kuyt|mut|ret|samt|sct"),
    (16200, "afghanistan|aft|irdt"),
    (18000, "e|ekaterinburg|west asia|aqtt|azst|mawt|mvt|orat|pkt|tft|tjt|tmt|uzt|yekt"),
    (19800, "ist|india"),
    (20700, "nepal|npt"),
    (21600, "f|central asia|n. central asia|sri lanka|almt|btt|iot|kgt|omst|qyzt|vost|yekst"),
    (23400, "cct|myanmar|mmt"),
    (25200, "g|north asia|se asia|cxt|davt|hovt|ict|krat|novst|novt|omsst|wib"),
    (
        28800,
        "h|sgt|wadt|china|north asia east|malay peninsula|taipei|w. australia|awst|bnt|cast|chot|hkt|\
         hovst|irkt|krast|myt|pht|ulat|wita",
    ),
    (31500, "acwst"),
    (32400, "i|jst|kst|korea|tokyo|yakutsk|awdt|chost|irkst|pwt|tlt|ulast|wit|yakt"),
    (34200, "aus central|cen. australia|acst"),
    (
        36000,
        "k|gst|aus eastern|e. australia|tasmania|vladivostok|west pacific|aest|chst|chut|ddut|pgt|vlat|\
         yakst|yapt",
    ),
    (37800, "acdt|lhst"),
    (39600, "l|eadt|central pacific|aedt|kost|lhdt|magt|nct|nft|pont|sakt|sbt|sret|vlast|vut"),
    (
        43200,
        "m|idle|nzst|nzt|fiji|new zealand|anast|anat|fjt|gilt|magst|mht|nfdt|nrt|petst|pett|tvt|wakt|wft",
    ),
    (45900, "chast"),
    (46800, "nzdt|tonga|fjst|phot|tkt|tot"),
    (49500, "chadt"),
    (50400, "lint|tost"),
];
