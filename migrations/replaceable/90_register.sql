-- What each column is kept for: class; purpose; retention; export, as its comment in the catalogue. Every
-- column stands here (tests/sql/catalogue.sql); docs/register.md, the register of processing, is made from
-- the comments.
--
-- class      identity (sealed: says who somebody is), blind (a keyed digest of it), pseudonym (a number or
--            token that leads to him), profile, stay, sensitive (told in confidence, or held against him),
--            staff (who acted), secret, act, organisation, reference, technical
-- retention  how long, docs/data-protection.md: account, audit, campaign, candidate, case, import, party,
--            session, worker, "30 days", "in force"
-- export     yes: part of what a worker is given when he asks for his data

CREATE OR REPLACE FUNCTION column_register()
RETURNS TABLE (relation text, class text, purpose text, retention text, export text, columns text[])
LANGUAGE sql IMMUTABLE AS $$
SELECT r.relation, r.class, r.purpose, r.retention, r.export, r.columns::text[] FROM (VALUES
    ('account', 'staff', 'log in', 'account', 'no',
     '{id,org_id,role,email,name,lang,failed_logins,locked_until,disabled_at,version,created_at}'),
    ('account', 'secret', 'log in', 'account', 'no', '{password_hash}'),
    ('adjudication', 'profile', 'test', 'candidate', 'yes', '{seat_id,exercise_id,why,at}'),
    ('adjudication', 'staff', 'test', 'candidate', 'yes', '{account_id}'),
    ('agreement', 'reference', 'reference', 'in force', 'no',
     '{id,country,kind,title,signed_year,signed_on,anonymous,note,source,version}'),
    ('api_token', 'technical', 'log in', 'session', 'no', '{id,scope,created_at,expires_at,revoked_at}'),
    ('api_token', 'staff', 'log in', 'session', 'no', '{account_id,label}'),
    ('api_token', 'secret', 'log in', 'session', 'no', '{token_hash}'),
    ('appeal', 'pseudonym', 'test', 'candidate', 'yes', '{id,seat_id,token}'),
    ('appeal', 'profile', 'test', 'candidate', 'yes',
     '{session_id,campaign_id,org_id,service_id,ground,filed_on,due_by,state,outcome,decided_on,remark_session,version}'),
    ('appeal', 'sensitive', 'test', 'candidate', 'yes', '{note,reason}'),
    ('appeal', 'staff', 'test', 'candidate', 'yes', '{filed_by,decided_by}'),
    ('assessment_setting', 'reference', 'rules', 'in force', 'no', '{code,value,meaning}'),
    ('audit_entry', 'technical', 'audit', 'audit', 'no', '{position,leaf_id,hash}'),
    ('audit_head', 'technical', 'audit', 'audit', 'no', '{size,root,frontier,at,signed}'),
    ('audit_leaf', 'act', 'audit', 'audit', 'yes', '{id,at,org_id,act,object_kind,object_id,reason,detail}'),
    ('audit_leaf', 'staff', 'audit', 'audit', 'yes', '{account_id}'),
    ('audit_leaf', 'technical', 'audit', 'audit', 'yes', '{nonce}'),
    ('audit_node', 'technical', 'audit', 'audit', 'no', '{level,idx,hash}'),
    ('blocked_flag', 'reference', 'rules', 'campaign', 'no',
     '{id,object_kind,object_id,field,word_id,digest,state,org_id,at,decided_at,reason}'),
    ('blocked_flag', 'staff', 'rules', 'campaign', 'no', '{author_id,decided_by}'),
    ('blocked_word', 'reference', 'rules', 'in force', 'no',
     '{id,version,retired,lang,phrase,norm,head,criterion,kind,created_at}'),
    ('blocked_word', 'staff', 'rules', 'in force', 'no', '{account_id}'),
    ('calibration', 'organisation', 'test', 'in force', 'no',
     '{id,profile_id,org_id,held_on,site,min_panel,panel_size,total_median,total_p25,pass_total,state,assessor_at,employer_at,'
     'created_at,version}'),
    ('calibration', 'staff', 'test', 'in force', 'no', '{assessor_id,employer_id,created_by}'),
    ('calibration_exercise', 'organisation', 'test', 'in force', 'no', '{calibration_id,exercise_id,median,p25}'),
    ('calibration_score', 'organisation', 'test', 'in force', 'no', '{calibration_id,worker_no,exercise_id,points}'),
    ('campaign', 'organisation', 'campaign', 'campaign', 'no',
     '{id,code,season,name,first_day,last_day,state,candidates_per_place,decision_days,checkin_days,travel_days,'
     'notice_days,mrs_validity_days,six_months_variant,non_return_after_days,document_days,opened_at,closed_at,'
     'version,created_at}'),
    ('campaign_service', 'organisation', 'campaign', 'campaign', 'no', '{campaign_id,org_id,quota,used,agreement_id,version}'),
    ('candidate', 'pseudonym', 'selection', 'candidate', 'yes', '{id,worker_id,token,partner_ref}'),
    ('candidate', 'profile', 'selection', 'candidate', 'yes',
     '{campaign_id,org_id,state,document_expires,experience_months,languages,permits,habiletes,available_from,'
     'available_to,consent_at,clean_returns,created_at}'),
    ('candidate', 'blind', 'selection', 'candidate', 'yes', '{passport_key,person_key,swapped_key}'),
    ('candidate', 'sensitive', 'selection', 'candidate', 'yes', '{fee_asked,fee_amount,fee_payee,reason}'),
    ('candidate', 'technical', 'selection', 'candidate', 'yes', '{import_id,version}'),
    ('candidate', 'staff', 'selection', 'candidate', 'yes', '{entered_by}'),
    ('case_likeness', 'pseudonym', 'screening', 'case', 'yes', '{case_id}'),
    ('case_likeness', 'sensitive', 'screening', 'case', 'yes', '{part,level,bits,at}'),
    ('case_likeness', 'staff', 'screening', 'case', 'yes', '{compared_by}'),
    ('closing_act', 'act', 'closing', 'campaign', 'no', '{campaign_id,body,sha256,signed_at_1,signed_at_2,signature}'),
    ('closing_act', 'staff', 'closing', 'campaign', 'no', '{signed_by_1,signed_by_2}'),
    ('closing_reopen', 'act', 'closing', 'campaign', 'no',
     '{id,campaign_id,placement_id,reason,state_then,opened_at,settled_at,state_now}'),
    ('closing_reopen', 'staff', 'closing', 'campaign', 'no', '{opened_by,settled_by}'),
    ('commune', 'reference', 'reference', 'in force', 'no', '{insee,name,department,region}'),
    ('contract', 'organisation', 'contract', 'campaign', 'no',
     '{id,campaign_id,org_id,import_id,employer_ref,serial,check_code,state,places,taken,named_returnees,first_day,'
     'last_day,tolerance_days,rome,crop,variety,hectares,tasks,profile_id,experience_months,commune,site_address,'
     'weekly_hours,work_pattern,night_work,sunday_work,pay_kind,hourly_wage,piece_rate,collective_agreement,language,'
     'meals,transport,driving,demands,equipment,housing_kind,housing_address,housing_commune,housing_basins,'
     'housing_showers,housing_toilets,housing_eating_m2,housing_bunks,housing_rent,proof_kind,proof_reference,'
     'proof_publisher,proof_from,proof_to,submitted_at,submitted_on,due_on,decided_at,reason,version,created_at}'),
    ('contract', 'staff', 'contract', 'campaign', 'no', '{decided_by,created_by}'),
    ('contract_check', 'organisation', 'contract', 'campaign', 'no', '{day,country,answer,count}'),
    ('contract_place', 'organisation', 'contract', 'campaign', 'no', '{contract_id,campaign_id,place_no,placement_id}'),
    ('contract_returnee', 'organisation', 'selection', 'campaign', 'no', '{contract_id,org_id}'),
    ('contract_returnee', 'pseudonym', 'selection', 'campaign', 'yes', '{placement_id,worker_id}'),
    ('contract_returnee', 'profile', 'selection', 'campaign', 'yes', '{at}'),
    ('contract_returnee', 'staff', 'selection', 'campaign', 'yes', '{account_id}'),
    ('contract_room', 'organisation', 'contract', 'campaign', 'no', '{contract_id,seq,area_m2,occupants,sex}'),
    ('contract_site', 'organisation', 'contract', 'campaign', 'no', '{contract_id,commune}'),
    ('country', 'reference', 'reference', 'in force', 'no', '{code,alpha3,name_en,name_fr,name_ar}'),
    ('criterion', 'reference', 'reference', 'in force', 'no', '{id,exercise_id,seq,label,kind,max_points,anchors}'),
    ('department', 'reference', 'reference', 'in force', 'no', '{code,name,region}'),
    ('derogation', 'reference', 'six months', 'campaign', 'no',
     '{id,title,legal_source,from_day,to_day,most_months,most_days,campaign_id,country,rome,crop,department,'
     'workers_named,sha256,proposed_at,signed_at,revoked_from,revoke_reason,revoked_at,uses,version}'),
    ('derogation', 'staff', 'six months', 'campaign', 'no', '{proposed_by,signed_by,revoked_by}'),
    ('derogation_over', 'stay', 'six months', 'worker', 'yes',
     '{derogation_id,stay_id,campaign_id,placement_id,window_first,window_last,units,most,at}'),
    ('derogation_over', 'pseudonym', 'six months', 'worker', 'yes', '{worker_id}'),
    ('derogation_worker', 'stay', 'six months', 'worker', 'yes', '{derogation_id}'),
    ('derogation_worker', 'pseudonym', 'six months', 'worker', 'yes', '{worker_id,candidate_id}'),
    ('document', 'stay', 'document', 'worker', 'yes',
     '{id,kind,campaign_id,contract_id,placement_id,org_id,service_id,list_no,idx,state,issued_at,expires_at,'
     'changed_at,version,cause}'),
    ('document', 'pseudonym', 'document', 'worker', 'yes', '{cti,number}'),
    ('document', 'sensitive', 'document', 'worker', 'yes', '{reason}'),
    ('document', 'identity', 'document', 'worker', 'yes', '{sealed,text}'),
    ('document', 'staff', 'document', 'worker', 'yes', '{account_id}'),
    ('document_batch', 'act', 'document', 'worker', 'no',
     '{id,campaign_id,contract_id,kind,org_id,role,anew,state,total,issued,refused,stopped_by,created_at,ended_at,version}'),
    ('document_batch', 'staff', 'document', 'worker', 'no', '{account_id}'),
    ('document_batch', 'technical', 'document', 'worker', 'no', '{runner,lease_until}'),
    ('document_batch_item', 'stay', 'document', 'worker', 'no', '{batch_id,placement_id,state,document_id,refused_by}'),
    ('document_ground', 'reference', 'document', 'in force', 'no', '{code,grave}'),
    ('document_language', 'reference', 'document', 'in force', 'no', '{country,lang,version}'),
    ('document_quota', 'staff', 'document', 'audit', 'no', '{account_id,day,used,most}'),
    ('document_setting', 'reference', 'document', 'in force', 'no', '{code,value,meaning,version}'),
    ('document_withdrawal', 'sensitive', 'document', 'worker', 'yes',
     '{id,document_id,ground,grave,reason,proposed_at,decision,decided_at}'),
    ('document_withdrawal', 'staff', 'document', 'worker', 'yes', '{proposed_by,decided_by}'),
    ('exercise', 'reference', 'reference', 'in force', 'no',
     '{id,code,version,label,kind,minutes,instructions,kit,safety,basis,state,edit,created_at}'),
    ('exercise', 'staff', 'reference', 'in force', 'no', '{account_id}'),
    ('exercise_form', 'reference', 'reference', 'in force', 'no', '{exercise_id,form,note}'),
    ('exercise_habilete', 'reference', 'reference', 'in force', 'no', '{exercise_id,habilete,weight}'),
    ('fraud_case', 'sensitive', 'screening', 'case', 'yes',
     '{id,campaign_id,rule,severity,blocking,second_person,placement_id,evidence,state,opened_at,due_on,proposed,'
     'proposed_reason,settled_at,reason,version,one_person}'),
    ('fraud_case', 'pseudonym', 'screening', 'case', 'yes', '{candidate_id,other_candidate_id,kept_id}'),
    ('fraud_case', 'organisation', 'screening', 'case', 'yes', '{contract_id,org_id}'),
    ('fraud_case', 'staff', 'screening', 'case', 'yes', '{owner_id,proposed_by,settled_by}'),
    ('fraud_rule', 'reference', 'rules', 'in force', 'no', '{code,severity,blocking,due_days,second_person}'),
    ('habilete', 'reference', 'reference', 'in force', 'no', '{id,code,version,label,definition,basis,source,state,edit,created_at}'),
    ('habilete', 'staff', 'reference', 'in force', 'no', '{account_id}'),
    ('idempotency', 'staff', 'once only', '30 days', 'no', '{account_id}'),
    ('idempotency', 'technical', 'once only', '30 days', 'no', '{key,request_hash,status,location,created_at}'),
    ('idempotency', 'act', 'once only', '30 days', 'no', '{body}'),
    ('import_batch', 'technical', 'entry', 'campaign', 'no',
     '{id,campaign_id,org_id,kind,file_hash,rows_ok,rows_same,rows_bad,created_at}'),
    ('import_batch', 'identity', 'entry', 'campaign', 'no', '{errors_csv}'),
    ('import_batch', 'secret', 'entry', 'campaign', 'no', '{errors_key}'),
    ('import_batch', 'staff', 'entry', 'campaign', 'no', '{account_id}'),
    ('linkage_weight', 'reference', 'rules', 'in force', 'no', '{part,level,m,u,source}'),
    ('mark', 'profile', 'test', 'candidate', 'yes',
     '{id,campaign_id,session_id,seat_id,exercise_id,criterion_id,mark_no,points,supersedes,reason,at}'),
    ('mark', 'staff', 'test', 'candidate', 'yes', '{account_id}'),
    ('marker', 'profile', 'test', 'candidate', 'yes', '{seat_id,exercise_id,mark_no}'),
    ('marker', 'staff', 'test', 'candidate', 'yes', '{account_id}'),
    ('matching_run', 'profile', 'selection', 'campaign', 'no',
     '{id,campaign_id,rule,inputs,inputs_hash,seed,result,result_hash,candidates,contracts,places,assigned,proposed,'
     'reserve,named,held_back,run_on,created_at}'),
    ('matching_run', 'staff', 'selection', 'campaign', 'no', '{run_by}'),
    ('non_return', 'stay', 'return', 'worker', 'yes',
     '{id,campaign_id,placement_id,from_state,proposed_on,proposed_at,decision,decided_on,decided_at}'),
    ('non_return', 'sensitive', 'return', 'worker', 'yes', '{reason,decision_reason}'),
    ('non_return', 'staff', 'return', 'worker', 'yes', '{proposed_by,decided_by}'),
    ('org', 'organisation', 'parties', 'party', 'no',
     '{id,kind,name,country,siret,naf,commune,hectares,headcount,active_from,active_to,version,created_at}'),
    ('placement', 'pseudonym', 'placement', 'worker', 'yes', '{id,candidate_id,worker_id}'),
    ('placement', 'stay', 'placement', 'worker', 'yes',
     '{campaign_id,contract_id,place_no,proposal_id,org_id,service_id,first_day,last_day,return_due,ended_on,'
     'departed_on,returned_on,excepted_until,state,version,created_at}'),
    ('placement', 'sensitive', 'placement', 'worker', 'yes', '{complaints_open,overstay_days}'),
    ('placement', 'staff', 'placement', 'worker', 'yes', '{bound_by}'),
    ('placement_fact', 'stay', 'placement', 'worker', 'yes', '{id,campaign_id,placement_id,kind,day,source,from_state,to_state,at}'),
    ('placement_fact', 'sensitive', 'placement', 'worker', 'yes', '{note}'),
    ('placement_fact', 'staff', 'placement', 'worker', 'yes', '{account_id}'),
    ('placement_fact_kind', 'reference', 'rules', 'in force', 'no', '{kind,roles,needs_note}'),
    ('placement_move', 'reference', 'rules', 'in force', 'no', '{state,kind,next}'),
    ('profile', 'reference', 'reference', 'in force', 'no',
     '{id,code,version,label,rome,crop,pass_total,tolerance_percent,resit_days,basis,state,edit,created_at,calibration_id}'),
    ('profile', 'staff', 'reference', 'in force', 'no', '{account_id}'),
    ('profile_exercise', 'reference', 'reference', 'in force', 'no', '{profile_id,exercise_id,seq,weight,min_points}'),
    ('proposal', 'pseudonym', 'selection', 'candidate', 'yes', '{id,candidate_id}'),
    ('proposal', 'profile', 'selection', 'candidate', 'yes',
     '{campaign_id,run_id,contract_id,org_id,rank,first_choice,named,score,result_points,experience_points,language_points,'
     'return_points,state,reason,decided_at,version}'),
    ('proposal', 'staff', 'selection', 'candidate', 'yes', '{decided_by}'),
    ('region', 'reference', 'reference', 'in force', 'no', '{code,name}'),
    ('result', 'pseudonym', 'test', 'candidate', 'yes', '{seat_id,candidate_id}'),
    ('result', 'profile', 'test', 'candidate', 'yes',
     '{session_id,campaign_id,service_id,profile_id,outcome,total,max_total,below_floor,adjudicated,parts,valid_until,'
     'digest,held_on,at}'),
    ('result', 'staff', 'test', 'candidate', 'yes', '{account_id}'),
    ('return_evidence', 'stay', 'return', 'worker', 'yes',
     '{id,campaign_id,placement_id,grade,kind,day,exit_day,original,person_present,identity_checked,found_by,org_id,'
     'at}'),
    ('return_evidence', 'sensitive', 'return', 'worker', 'yes', '{note}'),
    ('return_evidence', 'staff', 'return', 'worker', 'yes', '{account_id}'),
    ('return_exception', 'stay', 'return', 'worker', 'yes', '{id,campaign_id,placement_id,until,to_contract_id,state,recorded_at,confirmed_at}'),
    ('return_exception', 'sensitive', 'return', 'worker', 'yes', '{kind,document,issuer}'),
    ('return_exception', 'staff', 'return', 'worker', 'yes', '{recorded_by,confirmed_by}'),
    ('returns_setting', 'reference', 'rules', 'in force', 'no', '{code,value,meaning}'),
    ('rome_code', 'reference', 'reference', 'in force', 'no', '{code,title,farm}'),
    ('schema_migration', 'reference', 'rules', 'in force', 'no', '{name,sha256,applied_at}'),
    ('screening_setting', 'reference', 'rules', 'in force', 'no', '{code,value,meaning}'),
    ('seat', 'pseudonym', 'test', 'candidate', 'yes', '{id,candidate_id,token}'),
    ('seat', 'profile', 'test', 'candidate', 'yes',
     '{session_id,campaign_id,org_id,service_id,open,attendance,checked_at,second_at,version,second_marked,remark_of}'),
    ('seat', 'sensitive', 'test', 'candidate', 'yes', '{reason,document_seen,photo_match,accommodation,extra_percent}'),
    ('seat', 'staff', 'test', 'candidate', 'yes', '{checked_by,second_by}'),
    ('session', 'secret', 'log in', 'session', 'no', '{token_hash}'),
    ('session', 'staff', 'log in', 'session', 'no', '{account_id}'),
    ('session', 'technical', 'log in', 'session', 'no', '{created_at,seen_at,expires_at}'),
    ('session_incident', 'pseudonym', 'test', 'candidate', 'yes', '{seat_id}'),
    ('session_incident', 'profile', 'test', 'candidate', 'yes', '{id,session_id,org_id,kind,effect,at}'),
    ('session_incident', 'sensitive', 'test', 'candidate', 'yes', '{note}'),
    ('session_incident', 'staff', 'test', 'candidate', 'yes', '{account_id}'),
    ('session_pack', 'technical', 'test', 'candidate', 'no',
     '{id,pack,session_id,org_id,digest,issued_at,state,ended_at,seats,marks,clock_offset}'),
    ('session_pack', 'staff', 'test', 'candidate', 'no', '{account_id}'),
    ('shortage_list', 'reference', 'reference', 'in force', 'no', '{id,region,rome,from_day,to_day,source,version}'),
    ('smic', 'reference', 'reference', 'in force', 'no', '{from_day,hourly,source,version}'),
    ('status_list', 'reference', 'rules', 'in force', 'no', '{list_no,version,issued}'),
    ('stay_correction', 'stay', 'six months', 'worker', 'yes',
     '{id,stay_id,campaign_id,placement_id,was,becomes,reason,at}'),
    ('stay_correction', 'pseudonym', 'six months', 'worker', 'yes', '{worker_id}'),
    ('stay_correction', 'staff', 'six months', 'worker', 'yes', '{account_id}'),
    ('test_session', 'organisation', 'test', 'candidate', 'no',
     '{id,campaign_id,org_id,profile_id,held_on,site,lang,interpreter,capacity,seats_taken,pass_total,'
     'tolerance_percent,resit_days,state,started_at,closed_at,version,form,second_percent,borderline_percent,calibration_id,'
     'remark_of,closed_on}'),
    ('test_session', 'staff', 'test', 'candidate', 'no', '{lead_account,closed_by}'),
    ('worker', 'pseudonym', 'entry', 'worker', 'yes', '{id,version,created_at,person_id}'),
    ('worker_identity', 'pseudonym', 'entry', 'worker', 'yes', '{worker_id}'),
    ('worker_identity', 'identity', 'entry', 'worker', 'yes', '{sealed}'),
    ('worker_identity', 'secret', 'entry', 'worker', 'no', '{wrapped}'),
    ('worker_stay', 'stay', 'six months', 'worker', 'yes', '{id,campaign_id,placement_id,period,source,at}'),
    ('worker_stay', 'pseudonym', 'six months', 'worker', 'yes', '{worker_id}'),
    ('worker_stay', 'staff', 'six months', 'worker', 'yes', '{recorded_by}')) AS r (relation, class, purpose, retention, export, columns)
$$;
REVOKE ALL ON FUNCTION column_register() FROM PUBLIC;

DO $$
DECLARE
    c record;
BEGIN
    FOR c IN SELECT r.relation, a.attname,
                    format('class: %s; purpose: %s; retention: %s; export: %s', r.class, r.purpose, r.retention, r.export) AS text
             FROM column_register() r
             JOIN pg_class t ON t.relname = r.relation AND t.relnamespace = 'public'::regnamespace
             JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = ANY (r.columns) AND NOT a.attisdropped
    LOOP
        EXECUTE format('COMMENT ON COLUMN %I.%I IS %L', c.relation, c.attname, c.text);
    END LOOP;
END
$$;
