// cases.mjs CCXT_FOLDER [VENUE,...] > CASES
// What CCXT sends and reads in every case, one JSON object a line; conformance.cpp compares them with ours.
import fs from 'node:fs';
import { Client, clock, loadCcxt, makeMarket, sourceOf } from './client.mjs';
import { floorTo, makeAnswer, makeRows, stepOf } from './answers.mjs';
import { marketCase } from './marketlists.mjs';

const VENUES = JSON.parse (fs.readFileSync (new URL ('venues.json', import.meta.url), 'utf8'));
const FRAMES = ['1m', '5m', '1h', '1d', '1w'];
const METHODS = {
    candles: { call: 'fetchOHLCV', helpers: ['fetchOHLCV', 'fetchSpotOHLCV', 'fetchContractOHLCV', 'fetchOHLCVRequest'] },
    openInterest: { call: 'fetchOpenInterestHistory', helpers: ['fetchOpenInterestHistory', 'fetchDerivativesOpenInterestHistory'] },
};
const NOW = 'fetchOpenInterest';
// Three moments: one where all is round, one where nothing is, one where more is asked for than has been.
const MOMENTS = [
    { now: Date.UTC (2025, 0, 1), since: () => Date.UTC (2024, 0, 1), bars: 5, limit: 5, until: 20, price: 42283.58, amount: 40 },
    { now: Date.UTC (2025, 5, 18, 10, 20, 30, 456), since: step => Date.UTC (2025, 5, 18, 7, 13, 11, 123) - Math.min (90 * step, 400 * 86_400_000),
        bars: 3, limit: 1500, until: 20, price: 0.00001234567, amount: 98765432, isFlipped: true, isReversed: true },
    { now: Date.UTC (2024, 1, 29, 23, 59, 59, 999), since: step => Date.UTC (2024, 1, 29, 23, 59, 0) - 150 * step, bars: 4, limit: 200, until: 400,
        price: 98765432.1, amount: 0.00012345 },
];

/** What is asked for: since, limit and until, or which of them are left out. */
function variantsOf (moment, timeframe, knowsUntil) {
    const step = stepOf (timeframe);
    const since = moment.since (step), { limit } = moment;
    const until = since + moment.until * step;
    return {
        none: {}, limit: { limit }, since: { since }, 'since+limit': { since, limit },
        ...(knowsUntil ? { until: { until }, 'since+until': { since, until }, 'until+limit': { until, limit } } : {}),
        empty: { since, limit, isEmpty: true },
    };
}

/** Bars that the venue could answer with; without a start they end with the one that is running. */
function timesOf (timeframe, asked, moment) {
    const step = stepOf (timeframe);
    const first = asked.since !== undefined ? floorTo (timeframe, asked.since + step - 1)
        : floorTo (timeframe, asked.until ?? moment.now) - (moment.bars - 1) * step;
    return Array.from ({ length: moment.bars }, (_, i) => first + i * step);
}

class Driver {
    constructor (ccxt, id) {
        this.ccxt = ccxt;
        this.id = id;
        this.venue = VENUES[id] ?? { markets: {} };
        clock.now = MOMENTS[0].now;
        this.client = new Client (ccxt, id);
    }

    async ask (method, symbol, timeframe, asked) {
        const { exchange } = this.client;
        this.client.sent = [];
        const params = { ...(this.venue.params ?? {}), ...(asked.until === undefined ? {} : { until: asked.until }) };
        const rows = await exchange[method] (symbol, timeframe, asked.since, asked.limit, params);
        const orNull = value => value ?? null;
        return method === 'fetchOHLCV' ? rows.map (row => row.map (orNull))
            : rows.map (row => [row.timestamp, orNull (row.openInterestAmount), orNull (row.openInterestValue)]);
    }

    async askWithKeysIfNeeded (setUp, ...question) {
        setUp ();
        try {
            return await this.ask (...question);
        } catch (error) {
            if (this.hasKeys || !/requires "\w+" credential/.test (error.message))
                throw error;
            this.hasKeys = true;
            this.client = new Client (this.ccxt, this.id, { withKeys: true });
            setUp ();
            return this.ask (...question);
        }
    }

    async * casesOf (marketName, kind) {
        const described = this.venue.markets[marketName];
        const method = METHODS[kind].call;
        const knowsUntil = !described.noUntil && /until/i.test (sourceOf (this.client.exchange, METHODS[kind].helpers));
        const known = [...Object.keys (this.client.exchange.timeframes ?? {}), ...(described.moreTimeframes ?? [])];
        for (const symbol of described.symbols)
            for (const timeframe of FRAMES.filter (frame => known.includes (frame)))
                for (const [number, moment] of MOMENTS.entries ())
                    for (const [variant, asked] of Object.entries (variantsOf (moment, timeframe, knowsUntil)))
                        yield this.runCase ({ marketName, described, method, kind, symbol, timeframe, number, moment, variant, asked });
    }

    // Open interest as it is now: neither a range nor a timeframe is asked for.
    async * readings (marketName) {
        const described = this.venue.markets[marketName];
        for (const symbol of described.symbols)
            for (const [number, moment] of MOMENTS.entries ())
                yield this.runReading (marketName, described, symbol, number, moment);
    }

    async runReading (marketName, described, symbol, number, moment) {
        clock.now = moment.now;
        const setUp = () => {
            const { exchange } = this.client;
            const market = makeMarket (exchange, marketName, symbol);
            exchange.setMarkets ([market]);
            exchange.currencies ??= {};
            const context = { market, timeframe: '1h', isFlipped: moment.isFlipped };
            const rows = makeRows ([moment.now - 3000], 1000, moment.price, moment.amount);
            const body = JSON.stringify (makeAnswer ({ body: '@rows', row: described.openInterestNow }, rows, context)[0]);
            this.client.answer = () => body;
            this.body = body;
        };
        const result = {
            id: `${this.id}.openInterestNow.${marketName}.${symbol[0]}.${number + 1}`, venue: this.id, kind: 'openInterestNow',
            market: described.market ?? marketName, symbol: symbol[0], exchangeSymbol: symbol[1], now: moment.now,
        };
        setUp ();
        this.client.sent = [];
        try {
            const { timestamp, openInterestAmount, openInterestValue } = await this.client.exchange[NOW] (symbol[0]);
            // Where the answer tells no time, ours is the time of asking.
            result.rows = [[timestamp ?? moment.now, openInterestAmount ?? null, openInterestValue ?? null]];
        } catch (error) {
            result.error = `${error.constructor.name}: ${String (error.message).slice (0, 200)}`;
        }
        result.requests = this.client.sent;
        result.body = this.body;
        return result;
    }

    async runCase ({ marketName, described, method, kind, symbol, timeframe, number, moment, variant, asked }) {
        clock.now = moment.now;
        const setUp = () => {
            const { exchange } = this.client;
            const market = makeMarket (exchange, marketName, symbol);
            exchange.setMarkets ([market]);
            exchange.currencies ??= {};
            const context = { market, timeframe, word: exchange.timeframes[timeframe], isFlipped: moment.isFlipped, isReversed: moment.isReversed };
            const times = asked.isEmpty ? [] : timesOf (timeframe, asked, moment);
            const body = JSON.stringify (makeAnswer (described[kind], makeRows (times, stepOf (timeframe), moment.price, moment.amount), context));
            this.client.answer = () => body;
            this.body = body;
        };
        const scaled = symbol[2]?.priceScale === undefined ? {} : { priceScale: symbol[2].priceScale, valueScale: symbol[2].valueScale };
        const result = {
            id: `${this.id}.${kind}.${marketName}.${symbol[0]}.${timeframe}.${variant}.${number + 1}`, venue: this.id, kind,
            market: described.market ?? marketName, symbol: symbol[0], exchangeSymbol: symbol[1], timeframe, now: moment.now,
            since: asked.since, limit: asked.limit, until: asked.until, isEmpty: asked.isEmpty, ...scaled,
        };
        try {
            result.rows = await this.askWithKeysIfNeeded (setUp, method, symbol[0], timeframe, asked);
        } catch (error) {
            result.error = `${error.constructor.name}: ${String (error.message).slice (0, 200)}`;
        }
        result.requests = this.client.sent;
        result.body = this.body;
        return result;
    }
}

async function write (item) {
    if (!process.stdout.write (`${JSON.stringify (item)}\n`))
        await new Promise (resolve => process.stdout.once ('drain', resolve));
}

const [folder, only] = process.argv.slice (2);
const { ccxt, version } = await loadCcxt (folder);
// Venues without candles have a market list all the same.
const chosen = only ? only.split (',') : [...Object.keys (VENUES), ...ccxt.exchanges.filter (id => !(id in VENUES))];
const having = method => ccxt.exchanges.filter (id => new ccxt[id] ().has[method] === true);
await write ({ ccxt: version, venues: having ('fetchOHLCV'), readings: having (NOW) });
for (const id of chosen) {
    if (!ccxt.exchanges.includes (id))
        continue;
    const driver = new Driver (ccxt, id);
    for (const [marketName, described] of Object.entries (VENUES[id]?.markets ?? {})) {
        if (described.openInterestNow)
            for await (const made of driver.readings (marketName))
                await write (made);
        for (const kind of Object.keys (METHODS).filter (name => described[name]))
            for await (const made of driver.casesOf (marketName, kind))
                await write (made);
    }
    const list = await marketCase (ccxt, folder, id, MOMENTS[0].now);
    if (list)
        await write (list);
}
