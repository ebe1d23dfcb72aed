DROP TRIGGER recon_match_opens_line ON recon_match;
DROP TRIGGER recon_match_closes_line ON recon_match;
DROP TRIGGER statement_line_opens ON statement_line;
DROP FUNCTION recon_match_opens_line();
DROP FUNCTION recon_match_closes_line();
DROP FUNCTION statement_line_opens();
DROP TABLE statement_line_open;
