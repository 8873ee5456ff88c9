-- Runs and tasks of the pipeline every_state in every state there is, ending about now: for pictures of them.
CREATE TEMP TABLE clock AS SELECT CAST(strftime('%s', 'now') AS INTEGER) * 1000 AS now;
INSERT OR IGNORE INTO pipelines SELECT 'every_state', 0, now - 86400000, NULL, 0, 0, 0 FROM clock;

CREATE TEMP TABLE shown(id, state, queued, started, finished, paused, error); -- seconds before now
INSERT INTO shown VALUES
    (1, 'success', 5400, 5398, 5320, 0, ''), (2, 'success_with_gaps', 4800, 4799, 4650, 0, ''), (3, 'failed', 4200, 4199, 4160, 0, ''),
    (4, 'cancelled', 3600, 3599, 3590, 0, ''), (5, 'success', 3000, 2999, 2760, 0, ''), (6, 'running', 620, 600, NULL, 0, ''),
    (7, 'running', 300, 280, NULL, 1, ''), (8, 'queued', 60, NULL, NULL, 0, '');
INSERT INTO runs SELECT 1000 + id, 'every_state', 'person', state, NULL, now - 86400000, now, now - queued * 1000, now - started * 1000, now - finished * 1000,
    paused, 'picture', '{}', 'ann', error, NULL, 0 FROM shown, clock;

CREATE TEMP TABLE plan(place, node, label, state, paused, queued, started, finished, pool, error, rows);
INSERT INTO plan VALUES
    (0, 'markets', '', 'success', 0, 600, 599, 571, 'default', '', 2210),
    (1, 'fetch', 'binance BTC/USDT 1m', 'success', 0, 571, 570, 371, 'default', '', 1440),
    (2, 'fetch', 'binance ETH/USDT 1m', 'success_with_gaps', 0, 571, 569, 330, 'default', '', 1431),
    (3, 'fetch', 'bybit BTC/USDT 1m', 'failed', 0, 260, 258, 229, 'default', 'bybit does not answer', 0),
    (4, 'fetch', 'kraken BTC/USD 1m', 'running', 0, 571, 300, NULL, 'default', '', NULL),
    (5, 'fetch', 'okx BTC/USDT 1m', 'up_for_retry', 0, 571, 566, 540, 'default', 'okx: 503 Service Unavailable', NULL),
    (6, 'fetch', 'gate BTC/USDT 1m', 'queued', 0, 20, NULL, NULL, 'default', '', NULL),
    (7, 'fetch', 'mexc BTC/USDT 1m', 'scheduled', 0, 330, NULL, NULL, 'default', '', NULL),
    (8, 'fetch', 'kucoin BTC/USDT 1m', 'scheduled', 1, 330, NULL, NULL, 'default', '', NULL),
    (9, 'open_interest', '', 'cancelled', 0, 571, 565, 505, 'default', 'stopped', 12),
    (10, 'validate', '', 'upstream_failed', 0, NULL, NULL, 229, 'checks', '', NULL),
    (11, 'compare', '', 'none', 0, NULL, NULL, NULL, 'checks', '', NULL),
    (12, 'repair', '', 'running', 0, 229, 228, NULL, 'default', '', NULL),
    (13, 'daily', '', 'skipped', 0, NULL, NULL, 300, 'default', 'nothing of it is stored', NULL),
    (14, 'report', '', 'none', 0, NULL, NULL, NULL, 'checks', '', NULL),
    (15, 'publish', '', 'none', 0, NULL, NULL, NULL, 'outside', '', NULL);

CREATE TEMP TABLE waits(place, attempt, wait_from, wait_to, why, held);
INSERT INTO waits VALUES
    (1, 1, 540, 500, 'rate limit', 40), (1, 1, 460, 430, 'rate limit', 22), (2, 1, 540, 470, 'rate limit', 70), (2, 1, 450, 400, 'circuit breaker of api.binance.com', 50),
    (3, 1, 560, 545, 'retry', 15), (4, 1, 290, 200, 'circuit breaker of api.kraken.com', 90), (4, 1, 60, 0, 'rate limit', 60), (12, 1, 220, 160, 'its turn', 60);
CREATE TEMP TABLE tries(place, attempt, queued, started, finished, state, error);
INSERT INTO tries SELECT place, 1, queued, started, finished, CASE WHEN finished IS NULL THEN '' WHEN state = 'up_for_retry' THEN 'failed' ELSE state END, error
    FROM plan WHERE queued IS NOT NULL AND place <> 3;
INSERT INTO tries VALUES (3, 1, 571, 568, 520, 'failed', 'bybit: 429 Too Many Requests'), (3, 2, 460, 459, 400, 'failed', 'bybit: connection reset'),
    (3, 3, 260, 258, 229, 'failed', 'bybit does not answer');

CREATE TEMP VIEW try_json AS SELECT tries.place, tries.attempt, json_object('attempt', CASE WHEN started IS NULL THEN 0 ELSE tries.attempt END, 'pool', pool,
    'scheduled', now - tries.queued * 1000, 'started', now - tries.started * 1000, 'finished', now - tries.finished * 1000, 'state', tries.state, 'error', tries.error,
    'waits', json((SELECT json_group_array(json_object('from', now - wait_from * 1000, 'to', now - wait_to * 1000, 'why', why, 'held', held * 1000))
                   FROM waits WHERE waits.place = tries.place AND waits.attempt = tries.attempt))) AS text
    FROM tries JOIN (SELECT place AS at, pool FROM plan) ON at = tries.place, clock;
INSERT INTO tasks SELECT 1006, place, node, label, '{"series":[],"upstream":[]}', state, CASE place WHEN 3 THEN 3 ELSE started IS NOT NULL END, 1, paused,
    now - started * 1000, now - finished * 1000, CASE WHEN state = 'up_for_retry' THEN now + 40000 END,
    CASE WHEN rows IS NULL THEN '{}' ELSE json_object('rows', rows) END, error,
    (SELECT json_group_array(json(text)) FROM (SELECT text FROM try_json WHERE try_json.place = plan.place ORDER BY attempt)) FROM plan, clock;

-- the other runs: each task as far as their run came
INSERT INTO tasks SELECT 1000 + shown.id, place, node, label, '{"series":[],"upstream":[]}',
    CASE WHEN shown.state = 'running' THEN CASE WHEN place = 0 THEN 'success' ELSE 'scheduled' END
         WHEN shown.state IN ('failed', 'cancelled') AND place > 8 THEN CASE shown.state WHEN 'failed' THEN 'upstream_failed' ELSE 'cancelled' END
         WHEN shown.state = 'failed' AND place BETWEEN 1 AND 8 THEN 'failed' WHEN shown.state = 'cancelled' AND place > 0 THEN 'cancelled'
         WHEN shown.state = 'success_with_gaps' AND place = 2 THEN 'success_with_gaps' ELSE 'success' END,
    1, 1, 0, now - shown.started * 1000, now - shown.finished * 1000, NULL, '{"rows":1440}', '', '[]'
    FROM plan, shown, clock WHERE shown.id IN (1, 2, 3, 4, 5, 7);
