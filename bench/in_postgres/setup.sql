-- What the models call that PostgreSQL has under another name, or not at all.
create schema input;
create domain double as double precision;

create function greater_pair(so_far text[], value text, rank anycompatible) returns text[] as $$
    select case
        when rank is null or so_far[2] >= rank::text then so_far else array[value, rank::text]
    end
$$ language sql immutable;
create function lesser_pair(so_far text[], value text, rank anycompatible) returns text[] as $$
    select case
        when rank is null or so_far[2] <= rank::text then so_far else array[value, rank::text]
    end
$$ language sql immutable;
create function first_of_pair(so_far text[]) returns text as $$
    select so_far[1]
$$ language sql immutable;
create aggregate max_by(text, timestamp) (
    sfunc = greater_pair, stype = text[], finalfunc = first_of_pair
);
create aggregate min_by(text, text) (
    sfunc = lesser_pair, stype = text[], finalfunc = first_of_pair
);
