-- What a bank kept of money it sent back is within the office's limit on the day of its line: withheld_most is that limit, in đồng, 0 where nothing was kept.
ALTER TABLE recon_match ADD COLUMN withheld_most dong NOT NULL DEFAULT 0;
UPDATE recon_match SET withheld_most = withheld WHERE withheld > 0;
ALTER TABLE recon_match ADD CONSTRAINT recon_match_withheld_within CHECK (withheld <= withheld_most);

-- What was told after a moment is asked for when a report is reckoned anew; results are only ever added, so a few bytes find them.
CREATE INDEX payment_result_recorded ON payment_result USING brin (recorded_at);
