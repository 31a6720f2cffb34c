-- By which words a ticket is found: its id, the name and the e-mail of whose it is, in small letters, cut at blanks and signs.
-- The word that begins with a blank is the whole name, by which lists are put in order. Kept by triggers, whoever writes the tables.
CREATE TABLE ticket_words (
    event_id  INTEGER NOT NULL,
    word      TEXT    NOT NULL,
    ticket_id TEXT    NOT NULL,
    PRIMARY KEY (event_id, word, ticket_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX ix_ticket_words_ticket ON ticket_words (event_id, ticket_id);
CREATE INDEX ix_tickets_event_id_type ON tickets (event_id, COALESCE(ticket_type, ''), ticket_id);

-- In steps, because SQLite's parser takes no more at once. Most names have no letter that has to be replaced.
CREATE VIEW ticket_texts_raw AS
SELECT t.event_id, t.ticket_id, t.user_id, lower(t.ticket_id || ' ' || COALESCE(u.name, '')) AS text, lower(u.email) AS email
FROM tickets t LEFT JOIN users u ON u.user_id = t.user_id;

CREATE VIEW ticket_texts_small AS
SELECT event_id, ticket_id, user_id, email, CASE WHEN text NOT GLOB '*[^ -~]*' THEN text ELSE
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(text, 'ä', 'a'), 'ö', 'o'), 'ü', 'u'), 'ß', 's'), 'é', 'e'), 'è', 'e'), 'á', 'a'), 'à', 'a'), 'å', 'a'), 'ø', 'o'), 'ñ', 'n'), 'ç', 'c'), 'ó', 'o'), 'í', 'i') END AS text
FROM ticket_texts_raw;

CREATE VIEW ticket_texts AS
SELECT event_id, ticket_id, user_id, email, CASE WHEN text NOT GLOB '*[^ -~]*' THEN text ELSE
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(text, 'Ä', 'a'), 'Ö', 'o'), 'Ü', 'u'), 'É', 'e'), 'È', 'e'), 'Á', 'a'), 'À', 'a'), 'Å', 'a'), 'Ø', 'o'), 'Ñ', 'n'), 'Ç', 'c'), 'Ó', 'o'), 'Í', 'i') END AS text
FROM ticket_texts_small;

CREATE VIEW ticket_text_parts AS
SELECT event_id, ticket_id, user_id,
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(text, '-', ' '), '_', ' '), '.', ' '), '@', ' '), ',', ' '), '/', ' '), '(', ' '), ')', ' '), '"', ' '), '''', ' '), char(9), ' '), char(10), ' '), char(13), ' ') AS text
FROM ticket_texts;

CREATE VIEW ticket_word_list AS
SELECT x.event_id, x.ticket_id, x.user_id, substr(part.value, 1, 64) AS word
FROM ticket_text_parts x, json_each('[' || replace(json_quote(x.text), ' ', '","') || ']') part
WHERE part.value <> ''
UNION ALL
SELECT event_id, ticket_id, user_id, substr(email, 1, 64) FROM ticket_texts_raw WHERE email <> ''
UNION ALL
SELECT event_id, ticket_id, user_id, ' ' || substr(trim(substr(text, length(ticket_id) + 2)), 1, 64) FROM ticket_texts;

CREATE TRIGGER ticket_words_added AFTER INSERT ON tickets
BEGIN
    DELETE FROM ticket_words WHERE event_id = NEW.event_id AND ticket_id = NEW.ticket_id;
    INSERT INTO ticket_words (event_id, word, ticket_id) SELECT DISTINCT event_id, word, ticket_id FROM ticket_word_list WHERE event_id = NEW.event_id AND ticket_id = NEW.ticket_id;
END;

CREATE TRIGGER ticket_words_changed AFTER UPDATE OF event_id, ticket_id, user_id ON tickets
WHEN OLD.event_id <> NEW.event_id OR OLD.ticket_id <> NEW.ticket_id OR OLD.user_id IS NOT NEW.user_id
BEGIN
    DELETE FROM ticket_words WHERE event_id = OLD.event_id AND ticket_id = OLD.ticket_id;
    INSERT INTO ticket_words (event_id, word, ticket_id) SELECT DISTINCT event_id, word, ticket_id FROM ticket_word_list WHERE event_id = NEW.event_id AND ticket_id = NEW.ticket_id;
END;

CREATE TRIGGER ticket_words_removed AFTER DELETE ON tickets
BEGIN
    DELETE FROM ticket_words WHERE event_id = OLD.event_id AND ticket_id = OLD.ticket_id;
END;

CREATE TRIGGER ticket_words_named AFTER UPDATE OF name, email ON users
WHEN OLD.name IS NOT NEW.name OR OLD.email IS NOT NEW.email
BEGIN
    DELETE FROM ticket_words WHERE (event_id, ticket_id) IN (SELECT event_id, ticket_id FROM tickets WHERE user_id = NEW.user_id);
    INSERT INTO ticket_words (event_id, word, ticket_id) SELECT DISTINCT event_id, word, ticket_id FROM ticket_word_list WHERE user_id = NEW.user_id;
END;

INSERT INTO ticket_words (event_id, word, ticket_id) SELECT DISTINCT event_id, word, ticket_id FROM ticket_word_list;
