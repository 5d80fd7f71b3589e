-- Who tried to select people by a blocked criterion: an audit leaf, nothing else.

-- name: criteria_attempt
-- class: ofii, partner, employer
SELECT audit('criterion.blocked', 'criterion', 0, NULL, jsonb_build_object('criterion', :criterion::text,
    'name', :name::text, 'method', :method::text, 'route', :route::text)) AS _leaf
