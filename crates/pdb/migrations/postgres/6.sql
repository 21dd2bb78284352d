-- When counts were last compared with the rows that they count, so that two who do it at once do not mend the same twice.
CREATE TABLE recounts (at BIGINT NOT NULL);
INSERT INTO recounts (at) VALUES (0);
