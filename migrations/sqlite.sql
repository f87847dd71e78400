-- The schema that the migrations build, for a new file, for which Alembic need not be loaded.
-- A test compares the two.
BEGIN;
CREATE TABLE alembic_version (
  version_num VARCHAR(32) NOT NULL,
  CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE games (
  id VARCHAR(12) NOT NULL,
  game_id INTEGER NOT NULL,
  room VARCHAR(8) NOT NULL,
  public BOOLEAN NOT NULL,
  status VARCHAR(16) NOT NULL,
  quarantine_reason TEXT,
  seed BIGINT NOT NULL,
  nonce BLOB NOT NULL,
  commitment VARCHAR(64) NOT NULL,
  turn_time_s DOUBLE,
  bot_level VARCHAR(16) NOT NULL,
  started_at DOUBLE NOT NULL,
  finished_at DOUBLE,
  watch BOOLEAN,
  CONSTRAINT pk_games PRIMARY KEY (id)
) WITHOUT ROWID;
CREATE TABLE actions (
  game VARCHAR(12) NOT NULL,
  turn INTEGER NOT NULL,
  seat SMALLINT NOT NULL,
  action TEXT NOT NULL,
  state_hash BIGINT NOT NULL,
  CONSTRAINT pk_actions PRIMARY KEY (game, turn),
  CONSTRAINT fk_actions_game FOREIGN KEY(game) REFERENCES games (id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE TABLE accounts (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  username VARCHAR(20) NOT NULL,
  username_key VARCHAR(20) NOT NULL,
  email VARCHAR(254) NOT NULL,
  email_key VARCHAR(254) NOT NULL,
  password_hash TEXT NOT NULL,
  created_at DOUBLE NOT NULL,
  rating INTEGER NOT NULL,
  rated_games INTEGER NOT NULL,
  CONSTRAINT uq_accounts_username_key UNIQUE (username_key),
  CONSTRAINT uq_accounts_email_key UNIQUE (email_key)
);
CREATE TABLE registrations (
  token_hash BLOB NOT NULL,
  username VARCHAR(20) NOT NULL,
  email VARCHAR(254) NOT NULL,
  email_key VARCHAR(254) NOT NULL,
  password_hash TEXT NOT NULL,
  expires_at DOUBLE NOT NULL,
  CONSTRAINT pk_registrations PRIMARY KEY (token_hash)
) WITHOUT ROWID;
CREATE TABLE password_resets (
  token_hash BLOB NOT NULL,
  account INTEGER,
  expires_at DOUBLE NOT NULL,
  CONSTRAINT pk_password_resets PRIMARY KEY (token_hash),
  CONSTRAINT fk_password_resets_account FOREIGN KEY(account) REFERENCES accounts (id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE TABLE sessions (
  token_hash BLOB NOT NULL,
  account INTEGER NOT NULL,
  created_at DOUBLE NOT NULL,
  last_used_at DOUBLE NOT NULL,
  expires_at DOUBLE NOT NULL,
  user_agent VARCHAR(80) NOT NULL,
  CONSTRAINT pk_sessions PRIMARY KEY (token_hash),
  CONSTRAINT fk_sessions_account FOREIGN KEY(account) REFERENCES accounts (id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE TABLE seats (
  game VARCHAR(12) NOT NULL,
  seat SMALLINT NOT NULL,
  name TEXT NOT NULL,
  bot_level VARCHAR(16),
  token_hash BLOB,
  platform INTEGER NOT NULL,
  look BLOB NOT NULL,
  place SMALLINT,
  account INTEGER,
  cards_left SMALLINT,
  attack_dealt INTEGER,
  attack_taken INTEGER,
  CONSTRAINT pk_seats PRIMARY KEY (game, seat),
  CONSTRAINT fk_seats_game FOREIGN KEY(game) REFERENCES games (id) ON DELETE CASCADE,
  CONSTRAINT fk_seats_account FOREIGN KEY(account) REFERENCES accounts (id) ON DELETE SET NULL
) WITHOUT ROWID;
CREATE TABLE ratings (
  account INTEGER NOT NULL,
  number INTEGER NOT NULL,
  game VARCHAR(12) NOT NULL,
  rating_before INTEGER NOT NULL,
  rating_after INTEGER NOT NULL,
  CONSTRAINT pk_ratings PRIMARY KEY (account, number),
  CONSTRAINT uq_ratings_game UNIQUE (game, account),
  CONSTRAINT fk_ratings_account FOREIGN KEY(account) REFERENCES accounts (id) ON DELETE CASCADE,
  CONSTRAINT fk_ratings_game FOREIGN KEY(game) REFERENCES games (id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE TABLE ssh_keys (
  fingerprint BLOB NOT NULL,
  account INTEGER NOT NULL,
  kind VARCHAR(40) NOT NULL,
  added_at DOUBLE NOT NULL,
  last_used_at DOUBLE NOT NULL,
  CONSTRAINT pk_ssh_keys PRIMARY KEY (fingerprint),
  CONSTRAINT fk_ssh_keys_account FOREIGN KEY(account) REFERENCES accounts (id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE TABLE key_codes (
  code_hash BLOB NOT NULL,
  account INTEGER NOT NULL,
  expires_at DOUBLE NOT NULL,
  CONSTRAINT pk_key_codes PRIMARY KEY (code_hash),
  CONSTRAINT fk_key_codes_account FOREIGN KEY(account) REFERENCES accounts (id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX ix_accounts_rating ON accounts (rating, rated_games);
CREATE INDEX ix_registrations_email_key ON registrations (email_key);
CREATE INDEX ix_password_resets_account ON password_resets (account);
CREATE INDEX ix_sessions_account ON sessions (account);
CREATE INDEX ix_seats_account ON seats (account) WHERE account IS NOT NULL;
CREATE INDEX ix_games_status ON games (status, public, finished_at, id);
CREATE INDEX ix_ssh_keys_account ON ssh_keys (account);
CREATE INDEX ix_key_codes_account ON key_codes (account);
INSERT INTO alembic_version VALUES ('0006');
COMMIT;
