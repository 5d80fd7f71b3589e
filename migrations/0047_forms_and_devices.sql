-- From which device a mark came: a pack that was carried to a village, or (NULL) the network.
ALTER TABLE mark ADD pack_id bigint REFERENCES session_pack;
-- Which forms a candidate has sat is asked for each seat that is given.
CREATE INDEX seat_candidate ON seat (candidate_id);
