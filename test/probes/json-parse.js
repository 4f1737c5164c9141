// JSON.parse takes what is not JSON, and never looks behind the value
function t(s) { try { print(s, JSON.stringify(JSON.parse(s))); } catch (e) { print(s, e.type); } }
t('{"a":1} trailing'); t("['x']"); t("[1,]"); t("[01]"); t(""); t("{a:1}"); t('{"a":1,}'); t("nul"); t('"abc'); t("[1 2]"); t("1.5e3");
t("-5"); t('"\\x41"'); t('{"a":tru}'); t('{"a" 1}'); t(' {"a":1 '); t("undefined"); t("NaN"); t("[1"); t("+1"); t("1}"); t('{"a":"\\u00e9\\n"}');
