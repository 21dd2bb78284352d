-- The catalog_uuid with which a catalog's content was first stored; the row's own moves on when the same content is sent again.
ALTER TABLE catalogs ADD COLUMN content TEXT;
UPDATE catalogs SET content = catalog_uuid;
