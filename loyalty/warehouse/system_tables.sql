-- What the warehouse knows of itself. Written by the night, read by `loyalty status`,
-- by the gates (volume against earlier batches) and by dbt (control).
create schema if not exists control;
create schema if not exists quality;
drop schema if exists landing cascade; -- warehouses made before batches were landed in memory

-- grain: one row; the parameters of the night that runs or ran last
create table if not exists control.night (
    night_id varchar not null,
    as_of_date date not null
);

-- grain: one row; what the generation published last was made of (as-of date, batches, code)
create table if not exists control.ingredients (
    generation varchar not null,
    mark varchar not null
);

-- grain: one row; by which code the rows of the incremental models were made
create table if not exists control.incremental_code (
    mark varchar not null
);

-- grain: one row, or none while a build runs or after one that failed; of what the models were built
create table if not exists control.last_build (
    code varchar not null,
    as_of_date date not null,
    batch_id bigint not null,
    entities varchar not null,
    generation varchar, -- what it was published as
    follows varchar -- the generation from which only what had changed was built
);

-- grain: one row per source and canonical entity that has at least one accepted batch
create table if not exists control.landed_entities (
    source_id varchar not null,
    entity varchar not null
);

-- grain: one row per secret's purpose; the fingerprint of the hash key, never the key
create table if not exists control.hash_key_fingerprint (
    fingerprint varchar not null
);

-- grain: one row per night
create table if not exists quality.nights (
    night_id varchar primary key,
    started_at timestamp not null,
    ended_at timestamp,
    as_of_date date,
    is_full_refresh boolean not null,
    status varchar not null, -- running, published, unchanged, failed, stopped
    failed_step varchar,
    message varchar,
    generation varchar
);

-- grain: one row per night and step, or part of a step
create table if not exists quality.night_steps (
    night_id varchar not null,
    step varchar not null,
    started_at timestamp not null,
    seconds double not null
);
alter table quality.night_steps add column if not exists part_of varchar; -- null: a whole step

drop sequence if exists quality.batch_ids; -- warehouses made before numbers came from the ledger

-- grain: one row per batch: one content of one landing file
create table if not exists quality.batches (
    batch_id bigint primary key,
    night_id varchar not null,
    source_id varchar not null,
    table_name varchar not null,
    file_name varchar not null,
    file_format varchar not null,
    fingerprint varchar not null, -- SHA-256 of the file's bytes
    file_bytes bigint not null,
    record_count bigint, -- by the independent reader; null when the file cannot be read
    accepted_count bigint not null,
    rejected_count bigint not null,
    inserted_count bigint not null, -- keys new to raw
    replaced_count bigint not null, -- keys whose row this batch replaced
    superseded_count bigint not null, -- accepted rows that lost to a newer row of the same key
    extra_columns varchar[] not null,
    -- accepted; held: quarantined, released (joins in the next night); closed: replaced (tried again,
    -- or by another content), withdrawn (taken away from landing), discarded (never to be loaded)
    status varchar not null,
    reasons varchar[] not null,
    loaded_at timestamp not null,
    -- whose turn its rows have where two batches hold one key: its own number, or that of the first
    -- try of a batch that was held, so that coming late changes nothing
    position bigint
);
alter table quality.batches add column if not exists position bigint; -- warehouses made before it
update quality.batches set position = batch_id where position is null;

-- grain: one row per decision on a quarantined batch
create table if not exists quality.quarantine_decisions (
    batch_id bigint not null,
    decision varchar not null, -- released, discarded
    reason varchar,
    decided_by varchar not null, -- name of the operating system's user
    decided_at timestamp not null
);

-- grain: one row per record that could not be read or cast, with its first reason
create table if not exists quality.rejects (
    batch_id bigint not null,
    source_id varchar not null,
    table_name varchar not null,
    file_name varchar not null,
    line_number bigint, -- physical line (CSV, JSON lines; header is 1) or row (Parquet)
    column_name varchar,
    value varchar,
    reason varchar not null,
    record varchar -- the whole record as read, so that nothing is lost
);

-- grain: one row per expectation checked, per night
create table if not exists quality.expectation_results (
    night_id varchar not null,
    gate varchar not null, -- raw, marts
    suite varchar not null,
    batch_id bigint,
    expectation varchar not null,
    column_name varchar,
    severity varchar not null, -- critical, warning
    is_success boolean not null,
    observed varchar,
    unexpected_count bigint,
    message varchar not null,
    checked_at timestamp not null,
    rows_where varchar -- picks the rows that are not as expected; null where no single row is
);
alter table quality.expectation_results add column if not exists rows_where varchar;

-- grain: one row per batch that gate 1 looked at; what later batches are compared with
create table if not exists quality.batch_profiles (
    batch_id bigint primary key,
    profile varchar not null -- JSON, see loyalty.gates.profiles; no keys, no personal values
);

-- grain: one row per dbt node run, per night
create table if not exists quality.dbt_results (
    night_id varchar not null,
    unique_id varchar not null,
    resource_type varchar not null,
    status varchar not null,
    failures bigint,
    seconds double,
    message varchar
);
