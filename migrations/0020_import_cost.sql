-- An import opens thousands of cases. The row-wise check of these two foreign keys locked each candidate
-- once a case, which wrote his row again: it cost more than the case itself. 07_screening.sql checks them a
-- statement at a time, as 05_candidates.sql does for the candidates' own; candidates are never deleted.
ALTER TABLE fraud_case DROP CONSTRAINT fraud_case_candidate_id_fkey,
    DROP CONSTRAINT fraud_case_other_candidate_id_fkey;
