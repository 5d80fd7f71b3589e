-- Thresholds of the rules that look at a whole campaign. No law gives them: they are the office's.
INSERT INTO screening_setting (code, value, meaning) VALUES
    ('rent_percent', 30, 'Share of the month''s gross pay, in per cent, above which a rent is looked at'),
    ('headcount_times', 40, 'Places asked for each permanent worker above which a request is looked at'),
    ('replaced_most', 3, 'Workers replaced on one contract before departure, from which a case opens'),
    ('fee_same_payee', 3, 'Candidates who name one payee, from which a case opens'),
    ('arrival_days', 14, 'Days after departure without a confirmed arrival, from which a case opens'),
    ('vanish_most', 3, 'Workers of one employer who never arrived, from which a case opens'),
    ('abandon_days', 2, 'Last days of a contract in which a report of abandonment is looked at'),
    ('abandon_most', 3, 'Reports of abandonment by one employer, from which a case opens'),
    ('stamp_burst', 40, 'Returns stamped by one account within an hour, from which a case opens');
