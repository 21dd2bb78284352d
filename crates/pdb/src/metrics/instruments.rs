//! Counters, rates and distributions, with the attributes of the Dropwizard beans that dashboards read.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

/// Rates are brought up to date in steps of this.
const TICK: Duration = Duration::from_secs(5);
/// Samples that a distribution is told from.
const SAMPLES_MAX: usize = 1_024;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Holders only do arithmetic.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A number that is counted.
#[derive(Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    pub(super) fn add(&self, number: u64) {
        self.0.fetch_add(number, Ordering::Relaxed);
    }

    pub(super) fn value(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn bean(&self) -> Json {
        json!({"Count": self.value()})
    }
}

/// How often something happens: over all time, and as moving averages over 1, 5 and 15 minutes.
pub(super) struct Meter(Mutex<Rates>);

struct Rates {
    began: Instant,
    ticked: Instant,
    count: u64,
    /// Since the last tick.
    fresh: u64,
    /// Per second.
    averages: Option<[f64; 3]>,
}

impl Default for Meter {
    fn default() -> Meter {
        let now = Instant::now();
        Meter(Mutex::new(Rates { began: now, ticked: now, count: 0, fresh: 0, averages: None }))
    }
}

impl Rates {
    fn tick(&mut self) {
        let ticks = (self.ticked.elapsed().as_secs_f64() / TICK.as_secs_f64()) as u32;
        if ticks == 0 {
            return;
        }
        self.ticked += TICK * ticks;
        let rate = std::mem::take(&mut self.fresh) as f64 / TICK.as_secs_f64();
        let averages = self.averages.get_or_insert([rate; 3]);
        for (average, minutes) in averages.iter_mut().zip([1.0, 5.0, 15.0]) {
            let kept = (-TICK.as_secs_f64() / 60.0 / minutes).exp();
            *average = *average * kept + rate * (1.0 - kept);
            // Nothing happened in the ticks behind the first.
            *average *= kept.powi(i32::try_from(ticks - 1).unwrap_or(i32::MAX));
        }
    }

    fn attributes(&mut self) -> Json {
        self.tick();
        let seconds = self.began.elapsed().as_secs_f64();
        let mean = if seconds > 0.0 { self.count as f64 / seconds } else { 0.0 };
        let [one, five, fifteen] = self.averages.unwrap_or_default();
        json!({
            "Count": self.count,
            "MeanRate": mean,
            "OneMinuteRate": one,
            "FiveMinuteRate": five,
            "FifteenMinuteRate": fifteen,
            "RateUnit": "events/second",
        })
    }
}

impl Meter {
    pub(super) fn mark(&self) {
        let mut rates = lock(&self.0);
        rates.tick();
        rates.count += 1;
        rates.fresh += 1;
    }

    pub(super) fn count(&self) -> u64 {
        lock(&self.0).count
    }

    pub(super) fn bean(&self) -> Json {
        lock(&self.0).attributes()
    }
}

/// How large something is, told from the latest samples.
#[derive(Default)]
pub(super) struct Histogram {
    meter: Meter,
    samples: Mutex<VecDeque<f64>>,
}

impl Histogram {
    pub(super) fn update(&self, sample: f64) {
        self.meter.mark();
        let mut samples = lock(&self.samples);
        if samples.len() == SAMPLES_MAX {
            samples.pop_front();
        }
        samples.push_back(sample);
    }

    /// Count and distribution.
    pub(super) fn bean(&self) -> Json {
        let mut bean = self.distribution();
        bean["Count"] = self.meter.count().into();
        bean
    }

    /// The same with rates; samples are milliseconds.
    pub(super) fn timer(&self) -> Json {
        let mut bean = self.distribution();
        if let (Some(all), Json::Object(rates)) = (bean.as_object_mut(), self.meter.bean()) {
            all.extend(rates);
            all.insert("DurationUnit".into(), "milliseconds".into());
        }
        bean
    }

    fn distribution(&self) -> Json {
        let mut sorted: Vec<f64> = lock(&self.samples).iter().copied().collect();
        sorted.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let place = (share * sorted.len().saturating_sub(1) as f64).round() as usize;
            sorted.get(place).copied().unwrap_or_default()
        };
        let count = sorted.len().max(1) as f64;
        let mean = sorted.iter().sum::<f64>() / count;
        let deviation = (sorted.iter().map(|sample| (sample - mean).powi(2)).sum::<f64>() / count).sqrt();
        json!({
            "Min": at(0.0),
            "Max": at(1.0),
            "Mean": mean,
            "StdDev": deviation,
            "50thPercentile": at(0.5),
            "75thPercentile": at(0.75),
            "95thPercentile": at(0.95),
            "98thPercentile": at(0.98),
            "99thPercentile": at(0.99),
            "999thPercentile": at(0.999),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distribution_is_told_from_its_samples() {
        let histogram = Histogram::default();
        (1..=100).for_each(|sample| histogram.update(f64::from(sample)));
        let bean = histogram.bean();
        assert_eq!(
            (&bean["Count"], &bean["Min"], &bean["Max"], &bean["Mean"]),
            (&100.into(), &1.0.into(), &100.0.into(), &50.5.into())
        );
        assert_eq!(bean["75thPercentile"], 75.0);
    }
}
