\set clearing random(1, 8)
\set spread random(9, 16)
\set tax random(17, 36)
\set payable random(37, 236)
BEGIN;
INSERT INTO plain_entry (key, kind, reference, created_at) VALUES (gen_random_uuid()::text, 'CAPTURE', gen_random_uuid()::text, clock_timestamp());
INSERT INTO plain_leg (entry, account, currency, amount) VALUES (currval('plain_entry_id_seq'), :clearing, 'EUR', -1240), (currval('plain_entry_id_seq'), :spread, 'EUR', 20), (currval('plain_entry_id_seq'), :tax, 'EUR', 220), (currval('plain_entry_id_seq'), :payable, 'EUR', 1000);
UPDATE plain_balance SET debits = debits + 1240 WHERE account = :clearing \; UPDATE plain_balance SET credits = credits + 20 WHERE account = :spread \; UPDATE plain_balance SET credits = credits + 220 WHERE account = :tax \; UPDATE plain_balance SET credits = credits + 1000 WHERE account = :payable;
COMMIT;
