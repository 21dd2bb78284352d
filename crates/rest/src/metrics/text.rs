//! The text format of Prometheus, version 0.0.4: families of samples, each family in one piece.

use std::fmt::{Display, Write as _};

use super::{BOUNDS, Histogram};

/// What a family is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It only grows, but for a restart.
    Counter,
    /// It goes up and down.
    Gauge,
    /// Counts in classes.
    Histogram,
}

/// A page that is being written.
#[derive(Debug, Default)]
pub struct Exposition {
    text: String,
}

impl Exposition {
    /// Begins a family. Its samples follow; a family comes once on a page.
    pub fn family<'a>(&'a mut self, name: &'a str, kind: Kind, help: &str) -> Family<'a> {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        let help = help.replace('\\', "\\\\").replace('\n', "\\n");
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}");
        Family { name, text: &mut self.text }
    }

    /// A family of one counter.
    pub fn counter(&mut self, name: &str, help: &str, value: impl Display) {
        self.family(name, Kind::Counter, help).sample(&[], value);
    }

    /// A family of one gauge.
    pub fn gauge(&mut self, name: &str, help: &str, value: impl Display) {
        self.family(name, Kind::Gauge, help).sample(&[], value);
    }

    /// The page.
    pub fn into_text(self) -> String {
        self.text
    }
}

/// A family that is being written.
#[derive(Debug)]
pub struct Family<'a> {
    name: &'a str,
    text: &'a mut String,
}

impl Family<'_> {
    /// A sample.
    pub fn sample(&mut self, labels: &[(&str, &str)], value: impl Display) -> &mut Self {
        self.line("", labels, None, value);
        self
    }

    /// The samples of a histogram, in seconds.
    pub fn histogram(&mut self, labels: &[(&str, &str)], histogram: &Histogram) -> &mut Self {
        // Read once: what is counted meanwhile would make the sums differ.
        let mut below = 0;
        for (at, count) in histogram.classes().enumerate() {
            below += count;
            let bound = BOUNDS.get(at).map(|bound| *bound as f64 / 1e6);
            let bound = bound.map_or_else(|| "+Inf".to_owned(), |bound| bound.to_string());
            self.line("_bucket", labels, Some(&bound), below);
        }
        self.line("_sum", labels, None, histogram.seconds());
        self.line("_count", labels, None, below);
        self
    }

    fn line(&mut self, suffix: &str, labels: &[(&str, &str)], bound: Option<&str>, value: impl Display) {
        self.text.push_str(self.name);
        self.text.push_str(suffix);
        let mut separator = '{';
        for (name, value) in labels.iter().copied().chain(bound.map(|bound| ("le", bound))) {
            let _ = write!(self.text, "{separator}{name}=\"");
            for character in value.chars() {
                match character {
                    '\\' => self.text.push_str("\\\\"),
                    '"' => self.text.push_str("\\\""),
                    '\n' => self.text.push_str("\\n"),
                    other => self.text.push(other),
                }
            }
            self.text.push('"');
            separator = ',';
        }
        if separator == ',' {
            self.text.push('}');
        }
        let _ = writeln!(self.text, " {value}");
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_page_has_families() {
        let mut page = Exposition::default();
        page.counter("a_total", "All \\ a,\nof all", 3);
        page.family("b", Kind::Gauge, "B").sample(&[("x", "a\"b\\c\nd"), ("y", "")], 0.5).sample(&[], -1);
        let histogram = Histogram::default();
        histogram.observe(Duration::from_millis(2));
        histogram.observe(Duration::from_secs(60));
        page.family("c_seconds", Kind::Histogram, "C").histogram(&[("r", "s")], &histogram);
        let text = page.into_text();
        let expected = "# HELP a_total All \\\\ a,\\nof all\n# TYPE a_total counter\na_total 3\n\
            # HELP b B\n# TYPE b gauge\nb{x=\"a\\\"b\\\\c\\nd\",y=\"\"} 0.5\nb -1\n\
            # HELP c_seconds C\n# TYPE c_seconds histogram\nc_seconds_bucket{r=\"s\",le=\"0.001\"} 0\n\
            c_seconds_bucket{r=\"s\",le=\"0.0025\"} 1\n";
        assert!(text.starts_with(expected), "{text}");
        let end = "c_seconds_bucket{r=\"s\",le=\"30\"} 1\nc_seconds_bucket{r=\"s\",le=\"+Inf\"} 2\n\
            c_seconds_sum{r=\"s\"} 60.002\nc_seconds_count{r=\"s\"} 2\n";
        assert!(text.ends_with(end), "{text}");
    }
}
