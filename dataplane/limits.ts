/** Every bound of the data plane, with its unit in its name. `README.md` of this folder lists them for operators. */

/** Levels of objects and arrays in any JSON text. */
export const JSON_DEPTH_MAX = 64;
/** Gateways kept expanded at once; the least recently used is dropped. */
export const GATEWAYS_EXPANDED_MAX = 512;
/** Views (one per gateway and set of subjects) kept per gateway. */
export const VIEWS_PER_GATEWAY_MAX = 1_024;
/** A signed envelope (of a pointer or of a manifest), before and while it is read. */
export const ENVELOPE_BYTES_MAX = 65_536;
/** Signatures in one envelope; each is tried with every key of a role. */
export const SIGNATURES_MAX = 16;
/** Keys of one role in the trust file. */
export const TRUST_KEYS_MAX = 16;
/** The trust file. */
export const TRUST_BYTES_MAX = 65_536;
/** A bundle's tar, before and while it is read. */
export const BUNDLE_BYTES_MAX = 67_108_864;
/** Entries of a tar. */
export const TAR_ENTRIES_MAX = 16;
/** Rows of any one table in a bundle. */
export const BUNDLE_ROWS_MAX = 1_000_000;
/** UTF-16 units of any one text in a bundle. */
export const BUNDLE_TEXT_UNITS_MAX = 1_048_576;
/** Vectors of a bundle's self-test, decisions and redactions together. */
export const SELF_TEST_VECTORS_MAX = 2_000;
/** How often a watched directory is read although nothing was reported. */
export const CHANNEL_POLL_MS = 5_000;
/** How long a watched directory is left alone after a change, so that one deployment is read once. */
export const CHANNEL_QUIET_MS = 50;
/** First delay before a failed read of the bundle store is tried again; it doubles. */
export const CHANNEL_RETRY_FIRST_MS = 250;
/** Longest delay before a failed read of the bundle store is tried again. */
export const CHANNEL_RETRY_MAX_MS = 30_000;

// dataplane/identity
/** Characters of one credential: what node:http admits as all headers of a request. */
export const CREDENTIAL_CHARS_MAX = 16_384;
/** Difference between an issuer's clock and ours that is tolerated. */
export const CLOCK_SKEW_MS = 60_000;
/** Oldest acceptable token when `tokenAgeMaxSeconds` is absent. */
export const TOKEN_AGE_DEFAULT_MS = 3_600_000;
/** Verified tokens remembered per policy; the least recently used is forgotten. */
export const TOKENS_VERIFIED_MAX = 10_000;
/** How long a verified token is believed without verifying it again. */
export const TOKEN_VERIFIED_MS = 60_000;
/** Characters of a person's id within an issuer. */
export const PRINCIPAL_ID_CHARS_MAX = 256;
/** Characters of an email address (RFC 5321 4.5.3.1.3, less the angle brackets). */
export const EMAIL_CHARS_MAX = 254;
/** Characters of a verified client id, which may be a URL. */
export const CLIENT_ID_CHARS_MAX = 2_048;
/** Size of an issuer's metadata or key set. */
export const KEY_DOCUMENT_BYTES_MAX = 262_144;
/** Time for one of those documents to arrive. */
export const KEY_FETCH_MS = 5_000;
/** Age at which an issuer's keys are fetched again. */
export const KEYS_FRESH_MS = 600_000;
/** Age at which a key file is read again. */
export const KEY_FILE_FRESH_MS = 2_000;
/** Time between two fetches of keys that tokens with an unknown `kid` can cause. */
export const KEYS_COOLDOWN_MS = 30_000;
/** Time between two attempts while an issuer has no keys at all. */
export const KEYS_RETRY_MS = 5_000;
/** Keys read from one key set; later ones are ignored. */
export const KEYS_PER_ISSUER_MAX = 100;
/** Keys tried on a token that names none. */
export const KEYS_TRIED_MAX = 4;
/** Size of a secret, before and after trimming. */
export const SECRET_BYTES_MAX = 16_384;
/** Time between two looks at the files of secrets. */
export const SECRET_POLL_MS = 2_000;

// dataplane/mcp/seal.ts
/** Size of what one sealed token carries. */
export const SEALED_PAYLOAD_BYTES_MAX = 65_536;

// dataplane/audit
/** Audit records waiting for one sink. */
export const AUDIT_QUEUE_RECORDS_MAX = 10_000;
/** Size of all records waiting for one sink. */
export const AUDIT_QUEUE_BYTES_MAX = 16_777_216;
/** How long audit records are gathered for one write. */
export const AUDIT_GATHER_MS = 10;
/** Size of what is given to one write. */
export const AUDIT_BATCH_BYTES_MAX = 262_144;
/** Characters of one text field of an audit record; the rest is cut off. */
export const AUDIT_FIELD_CHARS_MAX = 512;
/** Findings of one audit record; later ones are left out. */
export const AUDIT_FINDINGS_MAX = 64;
/** Alerts of one audit record; later ones are left out. */
export const AUDIT_ALERTS_MAX = 64;
/** Time between two attempts to write to a failing sink. */
export const AUDIT_RETRY_MS = 1_000;
/** Time between two attempts to write to a pipe whose reader is slow. */
export const AUDIT_BUSY_MS = 10;
/** Time that a blocked request waits for room in the queue before it is refused. */
export const AUDIT_BLOCK_MS = 10_000;
/** Time that closing waits for the sinks to take what is queued. */
export const AUDIT_CLOSE_MS = 5_000;
/** Members of all objects of one JSON text together. */
export const JSON_MEMBERS_MAX = 100_000;
/** Values of one JSON text: members, elements and the root. */
export const JSON_VALUES_MAX = 1_000_000;
/** A member's key as written, quotes and escapes included. */
export const JSON_KEY_BYTES_MAX = 4_096;
/** A string value as written; the largest are images and files in base64. */
export const JSON_STRING_BYTES_MAX = 16_777_216;
/** A number as written. */
export const JSON_NUMBER_BYTES_MAX = 256;
/** `proxy.yaml`. */
export const CONFIG_BYTES_MAX = 1_048_576;
/** All header lines of one request together. */
export const REQUEST_HEADER_BYTES_MAX = 16_384;
/** One request body. */
export const REQUEST_BODY_BYTES_MAX = 4_194_304;
/** From the first byte of a request to the last of its headers. */
export const REQUEST_HEADERS_MS_MAX = 10_000;
/** From the first byte of a request to the last of its body. */
export const REQUEST_MS_MAX = 30_000;
/** A client's connection without a request. */
export const CLIENT_IDLE_MS_MAX = 65_000;
/** Clients' connections at once. */
export const CLIENT_CONNECTIONS_MAX = 10_000;
/** A client that takes no byte of its answer. */
export const CLIENT_STALL_MS_MAX = 60_000;
/** Requests under way may end after a stop was asked for. */
export const DRAIN_MS_MAX = 10_000;
/** Connections to one upstream. */
export const UPSTREAM_CONNECTIONS_MAX = 256;
/** Upstream origins with open connections at once; the least recently used is closed. */
export const UPSTREAM_ORIGINS_MAX = 1_024;
/** Opening a connection to an upstream. */
export const UPSTREAM_CONNECT_MS_MAX = 5_000;
/** From a request to the headers of the upstream's answer. */
export const UPSTREAM_HEADERS_MS_MAX = 120_000;
/** An upstream that sends no byte of its answer. */
export const UPSTREAM_STALL_MS_MAX = 120_000;
/** One call, whatever its progress. */
export const UPSTREAM_CALL_MS_MAX = 300_000;
/** All header lines of one upstream answer together. */
export const UPSTREAM_HEADER_BYTES_MAX = 16_384;
/** One upstream answer that is not a stream. */
export const UPSTREAM_BODY_BYTES_MAX = 16_777_216;
/** All events of one upstream stream together. */
export const UPSTREAM_STREAM_BYTES_MAX = 67_108_864;
/** Sessions kept open with legacy upstreams; the least recently used is closed. */
export const UPSTREAM_SESSIONS_MAX = 4_096;
/** A session with a legacy upstream that nobody uses. */
export const UPSTREAM_SESSION_IDLE_MS_MAX = 1_800_000;
/** A session id that an upstream hands out. */
export const UPSTREAM_SESSION_ID_CHARS_MAX = 1_024;
/** A client's session, from `initialize` on. */
export const SESSION_AGE_MS_MAX = 604_800_000;
/** A client's session token, before it is opened. */
export const SESSION_TOKEN_CHARS_MAX = 4_096;
/** What a client says its name or version is. */
export const CLIENT_NAME_CHARS_MAX = 128;
/** Calls of sessions that `notifications/cancelled` may name, at once. */
export const CANCELLABLE_CALLS_MAX = 65_536;
/** How long a client may keep a list: no longer than a change of policy takes to arrive. */
export const LIST_TTL_MS = 5_000;
/** Assembled lists, per bundle. */
export const LISTS_CACHED_MAX = 1_024;
/** Answers to "which gateways may this caller reach", per bundle. */
export const REACHABLE_CACHED_MAX = 4_096;
/** How long such an answer is kept, since grants expire. */
export const REACHABLE_AGE_MS_MAX = 1_000;
/** `instructions` of `initialize` and `server/discover`. */
export const INSTRUCTIONS_CHARS_MAX = 16_384;
/** A name that an error message repeats. */
export const ERROR_NAME_CHARS_MAX = 128;
/** One event of an event stream, before its blank line. */
export const SSE_EVENT_BYTES_MAX = 16_777_216;
/** A pattern of a content rule, in UTF-16 units. */
export const PATTERN_CHARACTERS_MAX = 4_096;
/** A compiled pattern. */
export const PATTERN_INSTRUCTIONS_MAX = 5_000;
/** Texts of one message that content rules look into. */
export const CONTENT_TEXTS_MAX = 200_000;
/** Detections of all content rules in one message. */
export const CONTENT_DETECTIONS_MAX = 20_000;
/** Texts are joined up to this length, in UTF-16 units, and searched together. */
export const CONTENT_BLOCK_CHARACTERS = 1_024;
/** Length of all matches of one message that a check is asked about, in UTF-16 units: they may overlap. */
export const CONTENT_RESEARCH_CHARACTERS_MAX = 8_388_608;
/** Sets of content rules kept compiled at once. */
export const CONTENT_RULE_SETS_MAX = 64;
/** Answers to "which content rules apply" kept at once. */
export const CONTENT_SELECTIONS_MAX = 16_384;
/** An upstream's stream that goes on after its last message. */
export const UPSTREAM_LINGER_MS_MAX = 1_000;
/** Requests that an upstream may put into one answer; each is refused. */
export const UPSTREAM_REQUESTS_PER_CALL_MAX = 16;
/** Closing the sessions with legacy upstreams, when the proxy stops. */
export const SESSIONS_CLOSE_MS_MAX = 2_000;
/** Between two signs of life in a streamed answer, for whatever lies between us and the client. */
export const STREAM_KEEP_ALIVE_MS = 15_000;
/** Levels of nodes in an expression. */
export const EXPRESSION_DEPTH_MAX = 256;
/** Nodes of an expression. */
export const EXPRESSION_NODES_MAX = 65_536;
/** Folds (macros) within folds. */
export const FOLDS_NESTED_MAX = 8;
/** What one evaluation of an expression may do: a step is a node within a fold, an element, or 16 units of text; about 10 ns. */
export const EXPRESSION_STEPS_MAX = 1_000_000;
/** Levels of lists and maps that are compared. */
export const VALUE_DEPTH_MAX = 256;
/** Time zones of which a formatter is kept. */
export const TIME_ZONES_CACHED_MAX = 64;
/** A time zone's name. */
export const TIME_ZONE_CHARACTERS_MAX = 64;
/** In how many ways the arguments of one call are read for single conditions, where they do not fit all of a tool's. */
export const ARGUMENT_READINGS_MAX = 16;

// dataplane/mcp: what clients declare and what servers ask of them
/** Declarations of capabilities kept read at once. */
export const CAPABILITIES_CACHED_MAX = 256;

// pointers and their freshness
/** From a pointer's `issued` to its `expires`: how long who holds a stolen key can freeze a channel. */
export const POINTER_LIFE_MS_MAX = 34_560_000_000;
/** Bundles that one pointer revokes; with them it stays below `ENVELOPE_BYTES_MAX`. */
export const POINTER_REVOKED_MAX = 256;
/** How far the clock may be before the latest `issued` that was seen: beyond it, it is not believed. */
export const CLOCK_BEHIND_MS_MAX = 300_000;
/** The last moment that a date can name, in Unix milliseconds (ECMA-262, Time Values). */
export const TIME_MS_MAX = 8_640_000_000_000_000;
/** The longest that a timer of the platform can wait; later moments are waited for in turns. */
export const TIMER_MS_MAX = 2_147_483_647;
/** Between two rounds of a request that asks for input: the time a person has to answer. */
export const REQUEST_STATE_AGE_MS_MAX = 600_000;
/** Requests held open while a person answers, per process; more are refused. */
export const PARKED_MAX = 4_096;
/** Requests held open for one principal. */
export const PARKED_PER_PRINCIPAL_MAX = 16;
/** How long requests of a legacy server are gathered before they are handed to a modern client together. */
export const PARK_GATHER_MS = 40;
/** What a server may ask within one request, rounds and questions together. */
export const ASKS_PER_REQUEST_MAX = 64;
/** How often a modern server may ask again before it must answer a legacy client. */
export const INPUT_ROUNDS_MAX = 8;
/** Questions to legacy clients that wait for an answer, per process. */
export const CLIENT_REQUESTS_MAX = 16_384;

// dataplane/identity: tokens for upstream servers
/** Requests for keys, metadata and tokens at once, per host. */
export const SMALL_REQUESTS_AT_ONCE_MAX = 32;
/** An authorization server's answer to a request for a token. */
export const TOKEN_ANSWER_BYTES_MAX = 65_536;
/** Time for that answer to arrive. */
export const TOKEN_FETCH_MS = 10_000;
/** Tokens for upstream servers kept at once; the least recently used is forgotten. */
export const UPSTREAM_TOKENS_MAX = 10_000;
/** How long a token is used at most, whatever its lifetime. */
export const UPSTREAM_TOKEN_AGE_MS_MAX = 3_600_000;
/** How long a token is used that does not say when it expires. */
export const UPSTREAM_TOKEN_AGE_DEFAULT_MS = 300_000;
/** How long before it expires a token is not used any more: it has a way to go, and clocks differ. */
export const UPSTREAM_TOKEN_SKEW_MS = 10_000;
/** How long before that a new one is fetched, while the old one is still used. */
export const UPSTREAM_TOKEN_EARLY_MS = 30_000;
/** After a failure, how long nobody asks the authorization server again. */
export const UPSTREAM_TOKEN_RETRY_MS = 2_000;
/** After a server refused a token, how long a refusal of the next one does not cause another. */
export const UPSTREAM_TOKEN_REFUSED_MS = 10_000;

// dataplane/upstream
/** Calls of one server at once. */
export const SERVER_CALLS_MAX = 1_024;
/** Calls in a row that find a server away before it is left alone. */
export const SERVER_FAILURES_MAX = 5;
/** How long a server is left alone first; it doubles. */
export const SERVER_REST_FIRST_MS = 1_000;
/** How long a server is left alone at most. */
export const SERVER_REST_MS_MAX = 30_000;
/** An event's id, with which a stream may be asked for again. */
export const UPSTREAM_EVENT_ID_CHARS_MAX = 1_024;
/** Opening a session with a legacy server. */
export const UPSTREAM_HANDSHAKE_MS_MAX = 30_000;
/** Requests of one server that are being refused at once; further ones are not answered. */
export const SERVER_REQUESTS_REFUSED_MAX = 16;
/** A stream for announcements that says nothing; it is opened anew. */
export const LISTEN_STALL_MS_MAX = 600_000;
/** A stream for announcements, whatever it says; it is opened anew. */
export const LISTEN_MS_MAX = 3_600_000;
/** Between two attempts to open a stream for announcements at first; it doubles. */
export const LISTEN_RETRY_FIRST_MS = 1_000;
/** The shortest such time, whatever the server asks for. */
export const LISTEN_RETRY_MS_MIN = 100;
/** The longest such time. */
export const LISTEN_RETRY_MS_MAX = 60_000;
/** How long a legacy client may take to come back for the rest of a stream. */
export const EVENT_ID_AGE_MS_MAX = 3_600_000;
/** How long a server may make us wait before we ask for the rest of its stream. */
export const RESUME_DELAY_MS_MAX = 10_000;
/** Answers of one legacy session that ended early and of which the server said when to come back. */
export const CHANNEL_RESTS_MAX = 64;

// dataplane/decide: resources
/** A resource's URI, as a client or an upstream writes it, in UTF-16 units. */
export const RESOURCE_URI_UNITS_MAX = 8_192;

// dataplane/mcp/streams
/** Legacy sessions of which this process remembers what they set, and ended sessions. */
export const CLIENT_SESSIONS_MAX = 16_384;
/** Streams of announcements to clients, per process. */
export const CLIENT_STREAMS_MAX = 8_192;
/** Streams of announcements to one principal. */
export const CLIENT_STREAMS_PER_PRINCIPAL_MAX = 32;
/** Resources that one stream or session may be subscribed to. */
export const SUBSCRIPTIONS_MAX = 256;
/** How often open streams are decided again although nothing was reported: tokens and grants expire. */
export const STREAM_RECHECK_MS = 5_000;
/** Within which changes of policy are announced to all, so that not everybody asks at once. */
export const STREAM_JITTER_MS = 1_000;

// dataplane/mcp/lists
/** Pages of one list of an upstream. */
export const LIST_PAGES_MAX = 100;
/** Entries of one list of an upstream; later ones are left out. */
export const LIST_ITEMS_MAX = 10_000;
/** All pages of one list of an upstream together. */
export const LIST_BYTES_MAX = 16_777_216;
/** From the first request for a list of an upstream to its last page. */
export const LIST_DRAIN_MS_MAX = 15_000;
/** How long the resources of an upstream are kept for whoever turns the pages of a list. */
export const RESOURCES_KEPT_MS = 60_000;
/** Lists of resources kept, per process; the least recently used is forgotten. */
export const RESOURCES_KEPT_LISTS_MAX = 1_024;
/** Size of all of them together. */
export const RESOURCES_KEPT_BYTES_MAX = 67_108_864;
/** Entries in one page of `resources/list`. */
export const RESOURCES_PAGE_ITEMS_MAX = 1_000;
/** Bytes of the entries in one page of `resources/list`, but for a single larger one. */
export const RESOURCES_PAGE_BYTES_MAX = 1_048_576;
/** How long a cursor may be used. */
export const CURSOR_AGE_MS_MAX = 600_000;
/** A cursor, before it is opened. */
export const CURSOR_CHARS_MAX = 1_024;
/** How long a policy may let one call of a server take, in seconds. */
export const SERVER_TIMEOUT_SECONDS_MAX = 3_600;
/** Messages on one connection that nobody asked for, in `UNASKED_MS`; one more ends it. */
export const UNASKED_MESSAGES_MAX = 10_000;
/** Their size together, in the same time. */
export const UNASKED_BYTES_MAX = 67_108_864;
/** The time in which those are counted. */
export const UNASKED_MS = 10_000;
/** Processes of one program at once, where proxy.yaml does not say. */
export const PROGRAM_CHILDREN_DEFAULT = 4;
/** Processes of one program at once that proxy.yaml may ask for. */
export const PROGRAM_CHILDREN_MAX = 256;
/** One message of a program. */
export const PROGRAM_LINE_BYTES_MAX = 16_777_216;
/** Messages to a program that it has not read yet. */
export const PROGRAM_QUEUE_BYTES_MAX = 16_777_216;
/** One line that a program writes for people. */
export const PROGRAM_LOG_CHARS_MAX = 512;
/** Such lines of one program that are logged in `PROGRAM_LOG_MS`. */
export const PROGRAM_LOG_LINES_MAX = 60;
/** The time in which those are counted. */
export const PROGRAM_LOG_MS = 60_000;
/** A process may end by itself, once its input is closed. */
export const PROGRAM_END_MS = 500;
/** A process may end after SIGTERM. */
export const PROGRAM_TERM_MS = 1_000;
/** Reading what a process wrote before it ended. */
export const PROGRAM_DRAIN_MS = 200;
/** A process that lived so long did not fail at its start. */
export const PROGRAM_STEADY_MS = 60_000;
/** Owners of whose failed processes is known. */
export const PROGRAM_OWNERS_MAX = 4_096;
/** Before an owner's process is started again that failed twice; it doubles. */
export const PROGRAM_REST_FIRST_MS = 500;
/** The longest such time. */
export const PROGRAM_REST_MS_MAX = 30_000;
/** Announcements sent to a client that does not read them; it is cut off then. */
export const STREAM_UNSENT_BYTES_MAX = 1_048_576;
/** Messages of one batch (2025-03-26). */
export const BATCH_MESSAGES_MAX = 64;
/** Connections to one upstream for streams that stay open. */
export const UPSTREAM_STREAMS_MAX = 1_024;

// dataplane/http
/** Field lines of one request. */
export const REQUEST_FIELDS_MAX = 128;
/** Field lines of one upstream answer. */
export const UPSTREAM_FIELDS_MAX = 256;
/** Digits of a chunk's size. */
export const CHUNK_SIZE_DIGITS_MAX = 8;
/** Extensions of one chunk of an upstream's answer. */
export const CHUNK_EXTENSION_BYTES_MAX = 1_024;
/** Trailers of one upstream answer. */
export const TRAILER_BYTES_MAX = 16_384;
/** What a client sends ahead, of a body that nobody asked for yet or of the next request; reading stops then. */
export const UNREAD_BYTES_MAX = 65_536;
/** A client may go on sending to a connection that we closed. */
export const CLOSE_LINGER_MS_MAX = 2_000;
/** Between two looks at which connections took too long: waits may last so much longer than their bound, or twice as much. */
export const HTTP_SWEEP_MS = 500;
/** Pieces of an answer are copied into one up to this length, and sent as a list beyond it. */
export const JOINED_BYTES_MAX = 4_096;
/** Requests that wait for a connection to one upstream. */
export const UPSTREAM_WAITING_MAX = 10_000;
/** A connection to an upstream that nobody uses, where the upstream does not say. */
export const UPSTREAM_IDLE_MS_MAX = 4_000;
/** The same, where it says. */
export const UPSTREAM_IDLE_TOLD_MS_MAX = 60_000;
/** Informational answers (1xx) before the answer itself. */
export const UPSTREAM_INFORMATIONAL_MAX = 8;
/** A session over HTTP+SSE; it is opened anew. */
export const SSE_SESSION_MS_MAX = 86_400_000;
/** Between two attempts to find out how else a server speaks that refuses. */
export const ERA_PROBE_REST_MS = 30_000;

// dataplane/drift
/** Between two looks at what a server offers to an identity, where proxy.yaml does not say; a fifth more or less. */
export const DRIFT_INTERVAL_MS_DEFAULT = 300_000;
/** One look: opening the channel and all pages of the three lists. */
export const DRIFT_LOOK_MS_MAX = 60_000;
/** Looks at once. */
export const DRIFT_LOOKS_MAX = 4;
/** Between the end of a look and the next one that an announcement causes. */
export const DRIFT_QUIET_MS = 1_000;
/** Before a look that failed is tried again; it doubles, up to the interval. */
export const DRIFT_RETRY_FIRST_MS = 5_000;
/** Within this time after a swap the servers that were seen before are looked at again: replicas do not all come at once. */
export const DRIFT_SWAP_MS = 5_000;
/** Definitions that are digested before others have their turn. */
export const DRIFT_DIGESTS_PER_TURN = 32;
/** Names of definitions that one alert in the log, or one line of the status, repeats. */
export const DRIFT_NAMES_SHOWN_MAX = 32;
/** Audit records of one look; what is beyond them is in the log and the status. */
export const DRIFT_RECORDS_MAX = 256;
/** A process that was asked for makes room for another no sooner than after this. */
export const PROGRAM_IDLE_MS_MIN = 250;

// dataplane/workers
/** From handing a request over to another worker to the head of its answer. */
export const PEER_HEAD_MS_MAX = 330_000;
/** First delay before a worker that died is replaced; it doubles. */
export const WORKER_RESTART_FIRST_MS = 100;
/** Longest such delay. */
export const WORKER_RESTART_MS_MAX = 30_000;
/** How long a worker must have lived for its death to be no sign of a mistake. */
export const WORKER_STABLE_MS = 60_000;
/** How long a worker may take to say how it is. */
export const WORKER_STATUS_MS_MAX = 2_000;
/** How long a worker may take to stop, beyond what requests under way get. */
export const WORKER_STOP_MS_MAX = 5_000;
/** Workers of one proxy. */
export const WORKERS_MAX = 64;
/** How long a call of a legacy session waits until its stream hears the servers. */
export const LISTEN_SETTLE_MS_MAX = 1_000;

// dataplane/content/detect/recognize
/** Questions to the register of telephone numbers for one message; each takes some 50 us. */
export const CONTENT_LOOKUPS_MAX = 5_000;
/** Groups of digits that recognizers look at in one message. */
export const CONTENT_NUMBERS_MAX = 500_000;
/** Read from an upstream at once. */
export const READ_BYTES_MAX = 32_768;

// dataplane/content
/** Levels of JSON within texts within JSON that are looked into; a text with more is blocked. */
export const CONTENT_NESTED_LEVELS_MAX = 4;

// dataplane/content: findings
/** Entities that one finding names; places of others are counted together. */
export const CONTENT_ENTITIES_MAX = 32;

// dataplane/identity: keys of the action `hash`
/** Shorter ones could be found by trying: whoever knows a text and its hash may try keys. */
export const HASH_KEY_BYTES_MIN = 16;

// dataplane/content/detect/deadline
/** Looking into one message, in all; the other calls of the process wait for it. The largest with every recognizer needs most of it. */
export const CONTENT_MESSAGE_MILLIS_MAX = 5_000;
/** UTF-16 units looked into, each time that they are, between two looks at the clock. */
export const CONTENT_CHARACTERS_PER_LOOK = 16_384;
/** What one match, or one question to the register of telephone numbers, counts as beside them. */
export const CONTENT_CHARACTERS_PER_MATCH = 64;

// dataplane/mcp: messages that wait until somebody else looked through those before them
/** Messages of one answer or stream that wait; the server is read no further then, where that can be. */
export const SCREENING_FULL_MESSAGES = 64;
/** Their size together; the same. */
export const SCREENING_FULL_BYTES = 1_048_576;
/** Messages of one answer or stream that wait where a server cannot be stopped; one more ends it. */
export const SCREENING_MESSAGES_MAX = 8_192;
/** Looking through all entries of a list of resources; what was not looked into by then is left out. */
export const LIST_SCREENING_MS_MAX = 15_000;
/** Entries of a list of an upstream that are looked through at once. */
export const SCREENING_ENTRIES_MAX = 256;
/** Their size together, but for a single larger one. */
export const SCREENING_ENTRIES_BYTES = 65_536;

// dataplane/content/external
/** An answer of a detector outside of the process, where its rule does not say. */
export const EXTERNAL_MS_DEFAULT = 2_000;
/** The same, whatever its rule says. */
export const EXTERNAL_MS_MAX = 30_000;
/** Texts of one message that are sent to one such detector. */
export const EXTERNAL_QUESTION_BYTES_MAX = 4_194_304;
/** Texts of one request to an analyzer. */
export const EXTERNAL_BATCH_TEXTS_MAX = 512;
/** Their size together, but for a single larger one. */
export const EXTERNAL_BATCH_BYTES_MAX = 262_144;
/** One answer of such a detector. */
export const EXTERNAL_ANSWER_BYTES_MAX = 8_388_608;
/** Requests to one analyzer about one message at once. */
export const EXTERNAL_BATCHES_AT_ONCE_MAX = 4;
/** Requests to one such detector at once. */
export const EXTERNAL_REQUESTS_AT_ONCE_MAX = 16;
/** Requests that wait for those. */
export const EXTERNAL_REQUESTS_WAITING_MAX = 256;
/** Their size together. */
export const EXTERNAL_WAITING_BYTES_MAX = 67_108_864;
/** A connection to such a detector that nobody uses. */
export const EXTERNAL_IDLE_MS_MAX = 4_000;
/** Failures in a row after which such a detector is left alone. */
export const EXTERNAL_FAILURES_MAX = 5;
/** How long it is left alone first; it doubles. */
export const EXTERNAL_REST_FIRST_MS = 1_000;
/** How long it is left alone at most. */
export const EXTERNAL_REST_MS_MAX = 30_000;
/** Texts of which it is known what analyzers found in them, per process; the least recently used is forgotten. */
export const EXTERNAL_CACHE_TEXTS_MAX = 8_192;
/** What was found in a text that is remembered; with more it is asked about anew. */
export const EXTERNAL_CACHE_FINDINGS_MAX = 16;
/** How long that is remembered. */
export const EXTERNAL_CACHE_AGE_MS_MAX = 300_000;
/** A secret that requests to a webhook are signed with, at least. */
export const EXTERNAL_SECRET_CHARS_MIN = 16;
/** What a webhook gives as its reason, in UTF-16 units. */
export const EXTERNAL_REASON_CHARS_MAX = 1_000;
/** What a webhook says that it found of one entity. */
export const EXTERNAL_ENTITY_COUNT_MAX = 1_000_000;
/** Rules whose detectors the status shows. */
export const EXTERNAL_RULES_SHOWN_MAX = 256;
/** How often at most the log repeats that the detector of a rule cannot be used. */
export const EXTERNAL_LOG_MS = 60_000;

// dataplane/content: what texts say by escapes and encodings
/** How often the escapes of a text are undone: once, and those of what that gave. */
export const CONTENT_READINGS_MAX = 3;
/** Escapes that are undone in the texts of one message, of escapes as well; each takes some 0.4 us. */
export const CONTENT_ESCAPES_MAX = 500_000;
/** A shorter text is no base64 that is looked into: too many words would pass for it. */
export const CONTENT_BASE64_CHARACTERS_MIN = 16;
/** Shorter base64 that is no text is looked into as it stands: keys and tokens are made of the same letters. */
export const CONTENT_BINARY_BYTES_MIN = 256;

// dataplane/mcp: errors of upstreams
/** The message of an upstream's error; a longer one is cut. */
export const UPSTREAM_ERROR_CHARS_MAX = 4_096;
/** `data` of an upstream's error; more of it is left out. */
export const UPSTREAM_ERROR_DATA_BYTES_MAX = 65_536;
