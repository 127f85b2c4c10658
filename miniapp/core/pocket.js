// What an inspector takes along: a round's townships (or one station), form and small pictures.
//
// Asks three things more of the phone's adapter (see queue.js) than the queue does:
//   recall(key)                   promise of a page kept before, or undefined
//   replacePages(prefix, pages)   puts pages in place of all whose key begins so; all or nothing
//   getLarge(path)                promise of {status, body}; rejects when there was no answer
// `now()` is the time in ms by the best clock known.

import { rowsFor } from './rounds.js';
import { OUTSIDE, minePart } from './visits.js';
import { VISIT_WORDS } from './words/visit.js';
import { WORDS } from './words.js';

const pocketOf = (campaign, township) => 'pocket/' + campaign.id + '/' + (township || 'all') + '/';
const keyOf = (station) => station.visit_id || -station.station_id;

/** The townships in which there is something for me: [{code, name, ids}]. */
function townshipsOf(campaign) {
  const found = [];
  minePart(campaign).forEach((visit) => {
    let one = found.filter((t) => t.code === visit.township_code)[0];
    if (!one) {
      one = { code: visit.township_code, name: visit.township_name, ids: [] };
      found.push(one);
    }
    one.ids.push(visit.id);
  });
  return found;
}

/** What of this round lies on the phone: {stations, of, oldest_ms}. */
export async function alongOf(phone, campaign) {
  const all = townshipsOf(campaign);
  const forms = all.map((one) => phone.recall(pocketOf(campaign, one.code) + 'form'));
  const found = await Promise.all(forms);
  const whole = (page) => page && page.taken_on; // what an older server gave is taken anew
  const has = (one, i) => one.ids.filter((id) => whole(found[i]) && found[i].visits.includes(id));
  const times = found.filter(Boolean).map((one) => one.at_ms);
  return {
    stations: all.reduce((sum, one, i) => sum + has(one, i).length, 0),
    of: all.reduce((sum, one) => sum + one.ids.length, 0),
    oldest_ms: times.length ? Math.min.apply(null, times) : null,
  };
}

/** Where the server has a township's package; outside a round `code` is the station's number. */
function packagePath(campaign, code, everybodys) {
  if (campaign === OUTSIDE) return '/rounds/stations/' + code + '/package';
  const all = everybodys ? '&all=1' : '';
  return '/rounds/' + campaign.id + '/package?township=' + (code || '') + all;
}

/** A package as pages by key: the form, and each station with its small pictures. */
function pagesOf(body, atMs) {
  const { form, standards, stations, taken_on, options } = body;
  const remarks = body.remarks || []; // a server of before has none of these two
  const colleagues = body.colleagues || [];
  const visits = stations.map(keyOf);
  const known = { form, standards, taken_on, options, remarks, colleagues, visits };
  const pages = { form: Object.assign({ at_ms: atMs }, known) };
  stations.forEach((station) => {
    const thumbs = {};
    station.photos.forEach((photo) => {
      if (body.thumbs[photo.id]) thumbs[photo.id] = body.thumbs[photo.id];
    });
    pages[keyOf(station)] = { station, thumbs };
  });
  return pages;
}

/**
 * Fetch one township (outside a round: one station) and put it in the pocket; '' or why it could
 * not be. `everybodys` asks for other inspectors' stations as well.
 */
async function takeTownship(phone, campaign, code, now, everybodys) {
  let answer = null;
  try {
    answer = await phone.getLarge(packagePath(campaign, code, everybodys));
  } catch (error) {
    return VISIT_WORDS.notAllAlong;
  }
  const { status, body } = answer;
  if (status !== 200 || !body || !Array.isArray(body.stations)) {
    return (body && body.detail) || WORDS.portal;
  }
  try {
    await phone.replacePages(pocketOf(campaign, code), pagesOf(body, now()));
  } catch (error) {
    return WORDS.full;
  }
  return '';
}

/** Take all of my part of a round along; `tell` hears {done, of, name}; '' or a sentence. */
export async function takeAll(phone, campaign, now, tell) {
  const all = townshipsOf(campaign);
  let said = '';
  for (let i = 0; i < all.length && !said; i += 1) {
    tell({ done: i, of: all.length, name: all[i].name });
    said = await takeTownship(phone, campaign, all[i].code, now);
  }
  return said;
}

/**
 * {station, thumbs, rows, remarks, colleagues, taken_on, standards, options} of a visit in the
 * pocket; null when it was not taken along. Without `taken_on` an older server made it: better
 * taken anew.
 */
export async function packOf(phone, campaign, visit) {
  const pocket = pocketOf(campaign, visit.township_code);
  const pages = [phone.recall(pocket + visit.id), phone.recall(pocket + 'form')];
  const [page, known] = await Promise.all(pages);
  if (!page || !known) return null;
  const { form, taken_on, standards, options } = known;
  const rows = rowsFor(form, page.station.asked);
  const beside = { remarks: known.remarks || [], colleagues: known.colleagues || [] };
  return Object.assign({ rows, taken_on, standards, options }, beside, page);
}

/** A station's form as some open round took it along: good enough between rounds, without a net. */
async function packOfRound(phone, campaigns, stationId) {
  for (const campaign of campaigns) {
    const visit = campaign.visits.filter((one) => one.station_id === stationId)[0];
    const pack = visit && (await packOf(phone, campaign, visit));
    if (pack) return pack;
  }
  return null;
}

/** A visit's pack that the pocket does not have, from the net where there is one; else null. */
export async function fetchPack(phone, campaigns, { campaign, visit }, now) {
  const everybodys = campaign !== OUTSIDE && !visit.mine && Boolean(visit.inspector_name);
  await takeTownship(phone, campaign, visit.township_code, now, everybodys);
  const pack = await packOf(phone, campaign, visit);
  if (pack || campaign !== OUTSIDE) return pack;
  return packOfRound(phone, campaigns, visit.station_id);
}
