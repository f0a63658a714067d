DROP TRIGGER IF EXISTS registration_is_history ON trade_registration;
DROP FUNCTION IF EXISTS trade_registration_is_history();
