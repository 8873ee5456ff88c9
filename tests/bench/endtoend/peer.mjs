// What an analyst would write: CCXT fetches page by page, better-sqlite3 stores each page in one transaction.
// node peer.mjs URL DATABASE FIRST_MS ROWS
import Database from 'better-sqlite3';
import ccxt from 'ccxt';

const [url, file, first, rows] = process.argv.slice(2);
const exchange = new ccxt.binance({ enableRateLimit: false, options: { fetchMarkets: { types: ['spot'] }, fetchCurrencies: false } });
exchange.urls.api.public = `${url}/api/v3`;
await exchange.loadMarkets();

const db = new Database(file);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = NORMAL');
db.pragma('cache_size = -65536');
db.exec(`CREATE TABLE candles(series_id INTEGER NOT NULL, open_time INTEGER NOT NULL, open REAL, high REAL, low REAL, close REAL,
  volume REAL, PRIMARY KEY(series_id, open_time)) WITHOUT ROWID`);
const upsert = db.prepare(`INSERT INTO candles VALUES (1, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET open = excluded.open,
  high = excluded.high, low = excluded.low, close = excluded.close, volume = excluded.volume`);
const storePage = db.transaction((page) => {
  for (const row of page) upsert.run(row[0], row[1], row[2], row[3], row[4], row[5]);
});

const end = Number(first) + Number(rows) * 60000;
for (let since = Number(first); since < end;) {
  const page = await exchange.fetchOHLCV('BTC/USDT', '1m', since, 1000);
  if (page.length === 0) throw new Error(`nothing since ${since}`);
  storePage(page);
  since = page[page.length - 1][0] + 60000;
}
db.close();
