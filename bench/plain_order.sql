\set item random(1, 10000)
\set buyer random(1, 100000)
BEGIN;
SELECT amount, stock FROM plain_item WHERE id = :item;
UPDATE plain_item SET stock = stock - 1 WHERE id = :item AND stock >= 1;
INSERT INTO plain_purchase (buyer, amount, placed_at) VALUES (:buyer, 1990, now());
INSERT INTO plain_line (purchase, item, amount) VALUES (currval('plain_purchase_id_seq'), :item, 1990);
INSERT INTO plain_payment (purchase, amount) VALUES (currval('plain_purchase_id_seq'), 1990);
INSERT INTO plain_posting (purchase, account, amount) VALUES (currval('plain_purchase_id_seq'), 1, -1990);
INSERT INTO plain_posting (purchase, account, amount) VALUES (currval('plain_purchase_id_seq'), 2, 1990);
INSERT INTO plain_event (purchase, kind, at) VALUES (currval('plain_purchase_id_seq'), 'placed', now());
COMMIT;
