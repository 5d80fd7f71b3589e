-- The worker's own page "who looked at my file": how often somebody tried to open it today. One row a worker.
CREATE TABLE own_try (
    worker_id bigint PRIMARY KEY REFERENCES worker,
    day date NOT NULL,
    tries int NOT NULL,
    CONSTRAINT own_try_limit CHECK (tries BETWEEN 0 AND 5)
);
