-- Whether a command that was set aside is to be tried again, as somebody asked for.
ALTER TABLE dead_letters ADD COLUMN retry INTEGER NOT NULL DEFAULT 0;
