//! The threads that compile catalogs, and the queue before them.
//!
//! Compiles are synchronous and use all of a processor, so they have threads of their own, as many as processors. The queue has a
//! limit: beyond it a request is refused at once, which an agent understands better than a time-out. A job whose client has gone
//! is not started; a job that panics is answered as a failure, and its thread goes on.
//!
//! Of threads that wait the one is woken that worked last: what it touches lies in its processor's cache, and in memory that its
//! allocator has already; a server with little to do then stays as small as one thread.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{JoinHandle, Thread};

use tokio::sync::oneshot;

type Job = Box<dyn FnOnce() + Send>;

/// A bounded pool of threads.
pub struct Pool {
    shared: Arc<Shared>,
    workers: usize,
}

struct Shared {
    state: Mutex<State>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    queue_max: usize,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Job>,
    /// Those that wait, the one that worked last at the end.
    idle: Vec<Thread>,
    running: usize,
    done: u64,
    refused: u64,
    closing: bool,
}

/// What the pool is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Threads.
    pub workers: usize,
    /// Jobs running.
    pub running: usize,
    /// Jobs waiting.
    pub queued: usize,
    /// Jobs ended since the start.
    pub done: u64,
    /// Jobs refused since the start.
    pub refused: u64,
}

/// Why a job has no result.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PoolError {
    /// The queue is full.
    #[error("the queue of compiles is full")]
    Full,
    /// The job panicked.
    #[error("the compile failed inside the compiler: {0}")]
    Panicked(String),
    /// The pool is stopping.
    #[error("the server is stopping")]
    Closed,
}

/// What a job does when the queue is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// It is refused.
    Refusable,
    /// It waits all the same: its client does not understand a refusal.
    Waits,
}

impl Pool {
    /// Starts the threads; `workers` 0 is the number of processors, `queue_max` 0 is no limit.
    pub fn start(workers: usize, queue_max: usize) -> std::io::Result<Pool> {
        let workers = match workers {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            workers => workers,
        };
        let queue_max = if queue_max == 0 { usize::MAX } else { queue_max };
        let shared = Arc::new(Shared { state: Mutex::default(), threads: Mutex::default(), queue_max });
        (0..workers).try_for_each(|number| start(&shared, number))?;
        Ok(Pool { shared, workers })
    }

    /// Runs a job on one of the threads.
    pub async fn run<T: Send + 'static>(
        &self,
        patience: Patience,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PoolError> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move || {
            if answer.is_closed() {
                return;
            }
            let result =
                catch_unwind(AssertUnwindSafe(job)).map_err(|panic| PoolError::Panicked(text(&*panic)));
            let _ = answer.send(result);
        });
        let idle = {
            let mut state = self.shared.lock();
            if state.closing {
                return Err(PoolError::Closed);
            }
            if patience == Patience::Refusable && state.queue.len() >= self.shared.queue_max {
                state.refused += 1;
                return Err(PoolError::Full);
            }
            state.queue.push_back(job);
            state.idle.pop()
        };
        if let Some(idle) = idle {
            idle.unpark();
        }
        answered.await.map_err(|_| PoolError::Closed)?
    }

    /// What the pool is doing now.
    pub fn figures(&self) -> Figures {
        let state = self.shared.lock();
        Figures {
            workers: self.workers,
            running: state.running,
            queued: state.queue.len(),
            done: state.done,
            refused: state.refused,
        }
    }
}

impl Drop for Pool {
    /// Lets running and waiting jobs end.
    fn drop(&mut self) {
        let idle = {
            let mut state = self.shared.lock();
            state.closing = true;
            std::mem::take(&mut state.idle)
        };
        idle.iter().for_each(Thread::unpark);
        loop {
            // Not in the condition of a `while let`, which would hold the lock while waiting.
            let thread = self.shared.threads().pop();
            let Some(thread) = thread else { break };
            if thread.join().is_err() {
                tracing::error!("a compiling thread had failed");
            }
        }
    }
}

/// Starts one of the threads.
fn start(shared: &Arc<Shared>, number: usize) -> std::io::Result<()> {
    let mut threads = shared.threads();
    threads.retain(|thread| !thread.is_finished());
    let worker = shared.clone();
    threads.push(compiler::stack::spawn(format!("compile-{number}"), move || worker.work(number))?);
    Ok(())
}

impl Shared {
    fn threads(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.threads.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Jobs run outside the lock; what is inside is a queue and counters, whole after any panic.
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn work(self: &Arc<Self>, number: usize) {
        let mut state = self.lock();
        loop {
            match state.queue.pop_front() {
                Some(job) => {
                    state.running += 1;
                    drop(state);
                    job();
                    state = self.lock();
                    state.running -= 1;
                    state.done += 1;
                    // Code that nests deeply leaves a large stack behind; a fresh thread gives it back.
                    if compiler::stack::is_worn() && !state.closing {
                        drop(state);
                        match start(self, number) {
                            Ok(()) => return,
                            Err(error) => tracing::warn!(%error, "a compiling thread could not be replaced"),
                        }
                        state = self.lock();
                    }
                }
                None if state.closing => return,
                None => {
                    let this = std::thread::current();
                    state.idle.push(this.clone());
                    drop(state);
                    // Woken before it parks, or for nothing: both only mean another look.
                    std::thread::park();
                    state = self.lock();
                    state.idle.retain(|idle| idle.id() != this.id());
                }
            }
        }
    }
}

fn text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".into())
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_answer_and_the_thread_lives() {
        let pool = Pool::start(1, 0).unwrap();
        let result: Result<(), _> = pool.run(Patience::Refusable, || panic!("boom")).await;
        assert_eq!(result, Err(PoolError::Panicked("boom".into())));
        assert_eq!(pool.run(Patience::Refusable, || 7).await, Ok(7));
    }

    #[tokio::test]
    async fn one_after_the_other_jobs_stay_on_a_thread() {
        let pool = Pool::start(4, 0).unwrap();
        let thread =
            || async { pool.run(Patience::Refusable, || std::thread::current().id()).await.unwrap() };
        let settled = async |pool: &Pool| {
            while pool.shared.lock().idle.len() < 4 {
                tokio::task::yield_now().await;
            }
        };
        settled(&pool).await;
        let first = thread().await;
        for _ in 0..20 {
            settled(&pool).await;
            assert_eq!(thread().await, first);
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn no_job_is_left_lying() {
        let pool = Arc::new(Pool::start(3, 0).unwrap());
        let jobs = (0..2_000).map(|number| {
            let pool = pool.clone();
            tokio::spawn(async move { pool.run(Patience::Waits, move || number).await })
        });
        let jobs: Vec<_> = jobs.collect();
        for (number, job) in jobs.into_iter().enumerate() {
            assert_eq!(job.await.unwrap(), Ok(number));
        }
    }

    #[tokio::test]
    async fn beyond_the_limit_jobs_are_refused() {
        let pool = Arc::new(Pool::start(1, 1).unwrap());
        let (go, wait) = mpsc::channel::<()>();
        let busy = tokio::spawn({
            let pool = pool.clone();
            async move { pool.run(Patience::Refusable, move || wait.recv().is_ok()).await }
        });
        while pool.figures().running == 0 {
            tokio::task::yield_now().await;
        }
        let waiting = tokio::spawn({
            let pool = pool.clone();
            async move { pool.run(Patience::Refusable, || 1).await }
        });
        while pool.figures().queued == 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(pool.run(Patience::Refusable, || 2).await, Err(PoolError::Full));
        let patient = tokio::spawn({
            let pool = pool.clone();
            async move { pool.run(Patience::Waits, || 3).await }
        });
        while pool.figures().queued < 2 {
            tokio::task::yield_now().await;
        }
        go.send(()).unwrap();
        assert_eq!(patient.await.unwrap(), Ok(3));
        assert_eq!(busy.await.unwrap(), Ok(true));
        assert_eq!(waiting.await.unwrap(), Ok(1));
        assert_eq!(pool.figures().refused, 1);
    }
}
