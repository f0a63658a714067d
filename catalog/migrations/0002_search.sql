-- What a shopper can find a listing by: title (A), category and materials (B), description (C) and
-- business (B). Each text is indexed twice, as written ("simple", so that words of any language
-- match) and by its English stem, both without accents.

CREATE TEXT SEARCH CONFIGURATION market_simple (COPY = pg_catalog.simple);
ALTER TEXT SEARCH CONFIGURATION market_simple
    ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple;

CREATE TEXT SEARCH CONFIGURATION market_english (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION market_english
    ALTER MAPPING FOR hword, hword_part, word WITH unaccent, english_stem;

CREATE FUNCTION catalog_search_part(words text, weight "char") RETURNS tsvector
    LANGUAGE sql STABLE AS $$
    SELECT setweight(to_tsvector('market_simple', words), weight)
        || setweight(to_tsvector('market_english', words), weight)
$$;

-- The row lock makes a business that is being approved or suspended at this moment wait or be waited
-- for, so that no listing is left with yesterday's answer.
CREATE FUNCTION catalog_listing_derive() RETURNS trigger
    LANGUAGE plpgsql AS $$
DECLARE
    category_name text;
    business_name text;
BEGIN
    SELECT string_agg(shelf.name, ' ') INTO category_name
      FROM catalog_category AS leaf
      JOIN catalog_category AS shelf ON shelf.id = leaf.id OR shelf.id = leaf.parent_id
     WHERE leaf.id = NEW.category_id;
    SELECT name, state = 'APPROVED' INTO business_name, NEW.shop_open
      FROM sellers_business WHERE id = NEW.business_id FOR SHARE;
    NEW.search :=
        catalog_search_part(NEW.title, 'A')
        || catalog_search_part(concat_ws(' ', category_name, NEW.materials, business_name), 'B')
        || catalog_search_part(NEW.description, 'C');
    RETURN NEW;
END
$$;

CREATE TRIGGER catalog_listing_derive
    BEFORE INSERT OR UPDATE OF title, materials, description, category_id, business_id
    ON catalog_listing
    FOR EACH ROW EXECUTE FUNCTION catalog_listing_derive();

-- A renamed shelf or business is found by its new name.
CREATE FUNCTION catalog_search_renamed() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'sellers_business' THEN
        UPDATE catalog_listing SET title = title WHERE business_id = NEW.id;
    ELSE
        UPDATE catalog_listing SET title = title
         WHERE category_id IN (
             SELECT id FROM catalog_category WHERE id = NEW.id OR parent_id = NEW.id
         );
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER catalog_search_business_renamed
    AFTER UPDATE OF name ON sellers_business
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name)
    EXECUTE FUNCTION catalog_search_renamed();

-- A suspended business's listings vanish in the same transaction, and come back with it.
CREATE FUNCTION catalog_shop_opened() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    UPDATE catalog_listing SET shop_open = (NEW.state = 'APPROVED') WHERE business_id = NEW.id;
    RETURN NULL;
END
$$;

CREATE TRIGGER catalog_shop_opened
    AFTER UPDATE OF state ON sellers_business
    FOR EACH ROW WHEN ((OLD.state = 'APPROVED') IS DISTINCT FROM (NEW.state = 'APPROVED'))
    EXECUTE FUNCTION catalog_shop_opened();

CREATE TRIGGER catalog_search_category_renamed
    AFTER UPDATE OF name ON catalog_category
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name)
    EXECUTE FUNCTION catalog_search_renamed();
