DROP TRIGGER catalog_search_category_renamed ON catalog_category;
DROP TRIGGER catalog_search_business_renamed ON sellers_business;
DROP TRIGGER catalog_listing_search ON catalog_listing;
DROP FUNCTION catalog_search_renamed();
DROP FUNCTION catalog_listing_search();
DROP FUNCTION catalog_search_part(text, "char");
DROP TEXT SEARCH CONFIGURATION market_english;
DROP TEXT SEARCH CONFIGURATION market_simple;
