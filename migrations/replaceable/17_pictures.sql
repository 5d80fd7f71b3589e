-- What pictures count and nobody may read one by one.

-- First against second mark of an exercise, each in tenths of its maximum, of closed sessions only: until then
-- the second marker is blind to the first. A corrected mark counts as corrected.
CREATE OR REPLACE FUNCTION marks_beside(campaign bigint)
RETURNS TABLE (first int, second int, count bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT least(9, 10 * m.first / m.most)::int, least(9, 10 * m.second / m.most)::int, count(*)
    FROM (SELECT sum(k.points) FILTER (WHERE k.mark_no = 1) AS first, sum(k.points) FILTER (WHERE k.mark_no = 2) AS second,
                 (SELECT greatest(sum(c.max_points), 1) FROM criterion c WHERE c.exercise_id = k.exercise_id) AS most
          FROM mark k JOIN test_session s ON s.id = k.session_id
          WHERE k.campaign_id = campaign AND s.state = 'closed'
            AND NOT EXISTS (SELECT FROM mark l WHERE l.supersedes = k.id)
          GROUP BY k.seat_id, k.exercise_id) m
    WHERE m.first IS NOT NULL AND m.second IS NOT NULL
    GROUP BY 1, 2
$$;
REVOKE ALL ON FUNCTION marks_beside(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION marks_beside(bigint) TO noria_ofii;
