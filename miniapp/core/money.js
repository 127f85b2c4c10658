// Subsidies as a keeper reads them: month by month, what was reported, approved, paid or waits.

import { MONEY_WORDS } from './words/money.js';

function named(period) {
  const found = /^(\d{4})-(\d\d)$/.exec(period);
  if (found) return MONEY_WORDS.month(found[1], +found[2]);
  return /^\d{4}$/.test(period) ? MONEY_WORDS.year(period) : MONEY_WORDS.award;
}

/**
 * The months and awards of a station, the newest first, from the server's answer (null: not known):
 * [{key, title, lines, amounts: [{id, sentence, said}]}]. `lines` say what was reported, whether
 * the county approved it, and what the month waits for; `said` of an amount how that one stands.
 */
export function moneyOf(body, stationId) {
  if (!body) return [];
  const ofHere = (one) => one.station_id === stationId;
  const months = (body.months || []).filter(ofHere);
  const amounts = (body.subsidies || []).filter(ofHere);
  const periods = months.concat(amounts).map((one) => one.period);
  const once = periods.filter((period, i) => periods.indexOf(period) === i).sort().reverse();
  return once.map((period) => {
    const month = months.filter((one) => one.period === period)[0];
    const lines = month
      ? [
        MONEY_WORDS.reported(month),
        month.approved ? MONEY_WORDS.approved : MONEY_WORDS.notApproved,
        month.said,
      ]
      : [];
    return {
      key: period,
      title: named(period),
      lines,
      amounts: amounts.filter((one) => one.period === period)
        .map(({ id, sentence, said }) => ({ id, sentence, said })),
    };
  });
}
