use super::*;

fn command(name: Name, certname: &str, time: i64) -> Incoming {
    Incoming {
        name,
        version: 5,
        certname: certname.into(),
        producer_timestamp: Some(time),
        received: time,
        body: Body { bytes: format!("{certname} {time}").into_bytes(), encoding: Encoding::Plain },
    }
}

async fn push(queue: &Queue, certname: &str, time: i64) {
    queue.push(command(Name::ReplaceFacts, certname, time), "u", false).await.unwrap();
}

const ONE: Most = Most { commands: 1, bytes: 0 };

async fn take(queue: &Queue) -> (String, i64, Queued) {
    let taken = queue.take(|| 1_000, ONE).await.remove(0);
    (taken.certname.clone(), taken.received, taken)
}

async fn body(queue: &Queue, command: &Queued) -> Vec<u8> {
    queue.bodies(&[command]).await.unwrap().remove(0).unwrap().bytes
}

#[tokio::test]
async fn a_group_has_one_command_of_a_node_and_is_bounded() {
    let dir = tempfile::tempdir().unwrap();
    let queue = Queue::open(&dir.path().join("queue.sqlite"), Limits::default()).await.unwrap();
    for (certname, time) in [("a", 1), ("b", 1), ("a", 2), ("c", 1), ("d", 1)] {
        push(&queue, certname, time).await;
    }
    let names = |taken: &[Queued]| taken.iter().map(|command| command.certname.clone()).collect::<Vec<_>>();
    let three = queue.take(|| 0, Most { commands: 3, bytes: 100 }).await;
    assert_eq!(names(&three), ["a", "b", "c"]);
    let bodies = queue.bodies(&three.iter().collect::<Vec<_>>()).await.unwrap();
    let bodies: Vec<_> =
        bodies.into_iter().map(|body| String::from_utf8(body.unwrap().bytes).unwrap()).collect();
    assert_eq!(bodies, ["a 1", "b 1", "c 1"]);
    queue.done(&three.iter().collect::<Vec<_>>()).await;
    // Each body has three bytes; the first comes whatever it has.
    assert_eq!(names(&queue.take(|| 0, Most { commands: 9, bytes: 5 }).await), ["d"]);
    assert_eq!(names(&queue.take(|| 0, Most { commands: 9, bytes: 0 }).await), ["a"]);
}

#[tokio::test]
async fn a_nodes_commands_come_one_by_one_in_order_and_survive() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("queue.sqlite");
    let queue = Queue::open(&path, Limits::default()).await.unwrap();
    push(&queue, "a", 1).await;
    push(&queue, "a", 2).await;
    push(&queue, "b", 3).await;
    let (first, second) = (take(&queue).await, take(&queue).await);
    assert_eq!((first.0.as_str(), first.1, second.0.as_str(), second.1), ("a", 1, "b", 3));
    assert!(queue.is_obsolete(&first.2) && !queue.is_obsolete(&second.2));
    queue.done(&[&second.2]).await;
    assert_eq!(queue.depth(), 2);
    queue.flush().await.unwrap();
    drop(queue);

    // The one that was being worked on is there again.
    let queue = Queue::open(&path, Limits::default()).await.unwrap();
    assert_eq!(queue.depth(), 2);
    let (_, time, taken) = take(&queue).await;
    assert_eq!(time, 1);
    assert_eq!(body(&queue, &taken).await, b"a 1");
    queue.done(&[&taken]).await;
    assert_eq!(take(&queue).await.1, 2);
}

#[tokio::test]
async fn a_failing_command_waits_and_does_not_hold_up_others() {
    let dir = tempfile::tempdir().unwrap();
    let queue = Queue::open(&dir.path().join("queue.sqlite"), Limits::default()).await.unwrap();
    push(&queue, "a", 1).await;
    push(&queue, "a", 2).await;
    let (_, _, failing) = take(&queue).await;
    queue.retry(&failing, 500).await.unwrap();
    assert_eq!((queue.depth(), queue.delayed()), (2, 1));
    // Its time has come, and it is before the other, which came later.
    let (_, time, failing) = take(&queue).await;
    assert_eq!((time, failing.attempts), (1, 1));
    queue.retry(&failing, 2_000).await.unwrap();
    assert_eq!(take(&queue).await.1, 2);
}

#[tokio::test]
async fn dead_letters_are_kept_and_can_be_queued_again() {
    let dir = tempfile::tempdir().unwrap();
    let queue = Queue::open(&dir.path().join("queue.sqlite"), Limits::default()).await.unwrap();
    let told = queue.push(command(Name::StoreReport, "a", 1), "u1", true).await.unwrap().unwrap();
    let (_, _, taken) = take(&queue).await;
    queue.discard(&taken, "it is no report".into(), 9).await.unwrap();
    assert_eq!(told.await.unwrap(), Err("it is no report".into()));
    let (count, letters) = queue.dead_letters(10).await.unwrap();
    assert_eq!((count, letters[0].uuid.as_str(), letters[0].error.as_str()), (1, "u1", "it is no report"));
    assert_eq!(queue.depth(), 0);
    assert_eq!(queue.revive().await.unwrap(), 0, "nobody has asked for it");

    // Another program marks it.
    let letters = DeadLetters::open(&dir.path().join("queue.sqlite")).unwrap();
    assert_eq!(letters.document("u1", 100).await.unwrap().unwrap(), b"a 1");
    assert!(letters.document("u2", 100).await.unwrap().is_none());
    assert_eq!(letters.mark(Which::Uuids(vec!["u2".into()])).await.unwrap(), 0);
    assert_eq!(letters.delete(Which::Uuids(vec!["u2".into()])).await.unwrap(), 0);
    assert_eq!(letters.mark(Which::All).await.unwrap(), 1);
    assert_eq!(queue.revive().await.unwrap(), 1);
    let (_, time, taken) = take(&queue).await;
    assert_eq!((time, taken.attempts, queue.dead_letters(1).await.unwrap().0), (1, 0, 0));
}

#[tokio::test]
async fn beyond_its_limits_the_queue_takes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let limits = Limits { commands_max: 2, bytes_max: 8 };
    let queue = Queue::open(&dir.path().join("queue.sqlite"), limits).await.unwrap();
    push(&queue, "a", 1).await;
    push(&queue, "b", 1).await;
    let full = queue.push(command(Name::ReplaceFacts, "c", 1), "u", false).await;
    assert!(matches!(full, Err(QueueError::Full)));
    let (_, _, taken) = take(&queue).await;
    queue.done(&[&taken]).await;
    let large = queue.push(command(Name::ReplaceFacts, "c", 1_000), "u", false).await;
    assert!(matches!(large, Err(QueueError::Full)));
    push(&queue, "c", 1).await;
}

async fn rows(queue: &Queue) -> i64 {
    queue.inner.db.read(|tx| tx.query("SELECT count(*) FROM commands", &[])?[0].get(0)).await.unwrap()
}

#[tokio::test]
async fn the_file_never_has_more_than_the_limits() {
    let dir = tempfile::tempdir().unwrap();
    let limits = Limits { commands_max: 4, bytes_max: 1_000 };
    let queue = Queue::open(&dir.path().join("queue.sqlite"), limits).await.unwrap();
    for number in 0..4 {
        push(&queue, &format!("n{number}"), 1).await;
    }
    let (one, two) = (take(&queue).await.2, take(&queue).await.2);
    queue.done(&[&one, &two]).await;
    assert_eq!((queue.depth(), rows(&queue).await), (2, 4));
    // What is done makes room, and is gone before others come.
    for number in 4..6 {
        push(&queue, &format!("n{number}"), 1).await;
        assert!(rows(&queue).await <= 4);
    }
    let full = queue.push(command(Name::ReplaceFacts, "c", 1), "u", false).await;
    assert!(matches!(full, Err(QueueError::Full)));
}

#[tokio::test]
async fn rows_that_cannot_be_removed_are_remembered_once_and_count() {
    let dir = tempfile::tempdir().unwrap();
    let limits = Limits { commands_max: 3, bytes_max: 1_000 };
    let queue = Queue::open(&dir.path().join("queue.sqlite"), limits).await.unwrap();
    for certname in ["a", "b", "c"] {
        push(&queue, certname, 1).await;
    }
    let batch = |sql: &'static str| queue.inner.db.write(move |tx| tx.batch(sql));
    let disk = "CREATE TRIGGER disk BEFORE DELETE ON commands BEGIN SELECT RAISE(ABORT, 'no disk'); END";
    batch(disk).await.unwrap();
    let told = queue.take(|| 0, Most { commands: 3, bytes: 100 }).await;
    // They are in the store, so they are done, whatever the disk says.
    queue.done(&told.iter().collect::<Vec<_>>()).await;
    assert_eq!(queue.depth(), 0);
    for _ in 0..3 {
        assert!(queue.flush().await.is_err());
        let refused = queue.push(command(Name::ReplaceFacts, "d", 1), "u", false).await;
        assert!(matches!(refused, Err(QueueError::Disk(_))));
        let state = queue.state();
        assert_eq!((state.done.len(), state.done_count, state.done_bytes), (3, 3, 9));
    }
    batch("DROP TRIGGER disk").await.unwrap();
    push(&queue, "d", 1).await;
    assert_eq!((queue.depth(), rows(&queue).await), (1, 1));
    let state = queue.state();
    assert_eq!((state.done.len(), state.done_count, state.done_bytes), (0, 0, 0));
}
