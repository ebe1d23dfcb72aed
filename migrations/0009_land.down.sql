DROP TABLE case_step;
DROP TABLE case_parcel;
DROP FUNCTION parcel_not_over_recovered();
DROP TABLE land_case;
DROP TABLE parcel;
DROP TABLE holder_party;
DROP FUNCTION holder_shares_whole();
DROP TABLE holder;
