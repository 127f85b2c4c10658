"""What a phone writes into a file of unsent records, as JavaScript for the shared core."""

WHO = "{county: '140926', person: {id: LAO_LI, name: '老李'}, device_label: '红米 微信'}"
EXPORT = (
    "const server = makeServer(); const phone = makePhone(server);"
    "await keep(phone, LAO_LI, checkIn([shot('first'), shot('second photo')]));"
    "await keep(phone, LAO_LI, counted(12));"
    "await keep(phone, LAO_LI, checkIn([shot('lost')]));"
)


WRITE = (
    f"const lines = []; const all = (await phone.read()).items; const said = await exportLines(phone, all, {WHO},"
    " (line) => { lines.push(line); return Promise.resolve(); });"
)
