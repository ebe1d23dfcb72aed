-- What waits for a result or to be issued again is counted on every page of whoever pays; it is little among all payments.
CREATE INDEX payment_waits ON payment (state, order_id) WHERE state IN ('ordered', 'part', 'returned');
