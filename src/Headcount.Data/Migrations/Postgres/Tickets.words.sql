-- By which words a ticket is found: its id, the name and the e-mail of whose it is, in small letters, cut at blanks and signs.
-- The word that begins with a blank is the whole name, by which lists are put in order. Kept by triggers, whoever writes the tables.
CREATE TABLE ticket_words (
    event_id  bigint NOT NULL,
    word      text COLLATE "C" NOT NULL,
    ticket_id text NOT NULL,
    PRIMARY KEY (event_id, word, ticket_id)
);

CREATE INDEX ix_ticket_words_ticket ON ticket_words (event_id, ticket_id);
CREATE INDEX ix_tickets_event_id_type ON tickets (event_id, (COALESCE(ticket_type, '')), ticket_id);

CREATE FUNCTION ticket_text(given text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT translate(lower(given COLLATE "C"), 'äöüßéèáàåøñçóíÄÖÜÉÈÁÀÅØÑÇÓÍ', 'aouseeaaaoncoiaoueeaaaoncoi')
$$;

CREATE FUNCTION ticket_words_of(the_ticket text, the_name text, the_email text) RETURNS SETOF text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT left(part, 64)
    FROM regexp_split_to_table(ticket_text(the_ticket || ' ' || COALESCE(the_name, '')), '[-_.@,/()"'' \t\n\r]+') AS part
    WHERE part <> ''
    UNION
    SELECT left(lower(the_email COLLATE "C"), 64) WHERE the_email <> ''
    UNION
    SELECT ' ' || left(trim(ticket_text(COALESCE(the_name, ''))), 64)
$$;

-- With the rights of whoever made them: a program that may write tickets need know nothing of words.
CREATE FUNCTION ticket_words_follow_ticket() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM ticket_words WHERE event_id = OLD.event_id AND ticket_id = OLD.ticket_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO ticket_words (event_id, word, ticket_id)
        SELECT NEW.event_id, word, NEW.ticket_id
        FROM (SELECT 1) AS one LEFT JOIN users u ON u.user_id = NEW.user_id CROSS JOIN LATERAL ticket_words_of(NEW.ticket_id, u.name, u.email) AS word
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION ticket_words_follow_user() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    DELETE FROM ticket_words w USING tickets t WHERE t.user_id = NEW.user_id AND w.event_id = t.event_id AND w.ticket_id = t.ticket_id;
    INSERT INTO ticket_words (event_id, word, ticket_id)
    SELECT t.event_id, word, t.ticket_id
    FROM tickets t CROSS JOIN LATERAL ticket_words_of(t.ticket_id, NEW.name, NEW.email) AS word
    WHERE t.user_id = NEW.user_id
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;

CREATE TRIGGER ticket_words_added AFTER INSERT OR DELETE ON tickets FOR EACH ROW EXECUTE FUNCTION ticket_words_follow_ticket();
CREATE TRIGGER ticket_words_changed AFTER UPDATE ON tickets FOR EACH ROW
    WHEN (OLD.event_id <> NEW.event_id OR OLD.ticket_id <> NEW.ticket_id OR OLD.user_id IS DISTINCT FROM NEW.user_id) EXECUTE FUNCTION ticket_words_follow_ticket();
CREATE TRIGGER ticket_words_named AFTER UPDATE OF name, email ON users FOR EACH ROW
    WHEN (OLD.name IS DISTINCT FROM NEW.name OR OLD.email IS DISTINCT FROM NEW.email) EXECUTE FUNCTION ticket_words_follow_user();

INSERT INTO ticket_words (event_id, word, ticket_id)
SELECT t.event_id, word, t.ticket_id
FROM tickets t LEFT JOIN users u ON u.user_id = t.user_id CROSS JOIN LATERAL ticket_words_of(t.ticket_id, u.name, u.email) AS word
ON CONFLICT DO NOTHING;
