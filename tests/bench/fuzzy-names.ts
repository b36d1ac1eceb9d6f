/** Words of which names of people and companies are made; frequent ones of several countries, so that many names share a word. */
const FIRST = `James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan Joseph Jessica Thomas Sarah Christopher
Karen Charles Lisa Daniel Nancy Matthew Betty Anthony Sandra Mark Margaret Donald Ashley Steven Kimberly Andrew Emily Paul Donna Joshua Michelle Kenneth Carol
Kevin Amanda Brian Melissa George Deborah Timothy Stephanie Ronald Rebecca Jason Laura Edward Helen Jeffrey Sharon Ryan Cynthia Jacob Kathleen Gary Amy Nicholas
Shirley Eric Angela Jonathan Anna Stephen Ruth Larry Brenda Justin Pamela Scott Nicole Brandon Katherine Benjamin Samantha Samuel Christine Gregory Catherine
Alexander Virginia Patrick Rachel Frank Janet Raymond Emma Jack Carolyn Dennis Maria Jerry Heather Tyler Diane Aaron Julie Jose Joyce Adam Victoria Nathan Kelly
Henry Christina Zachary Joan Douglas Evelyn Peter Judith Kyle Megan Noah Andrea Ethan Cheryl Jean Pierre Jacques François Camille Chloé Léa Manon Inès Hugo Louis
Lucas Jules Théo Mathilde Amélie Céline Aurélie Sébastien Hans Jürgen Wolfgang Klaus Dieter Ursula Heike Sabine Anke Björn Sven Lars Ingrid Astrid Giovanni Luca
Matteo Giulia Chiara Francesca Alessandro Carlos Juan Antonio Lucía Carmen Pilar Javier Miguel Joaquín Wei Mei Hiroshi Yuki Kenji Ahmed Fatima Omar Aisha Priya Rahul`
const LAST = `Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson Anderson Thomas Taylor Moore Jackson
Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker
Hall Rivera Campbell Mitchell Carter Roberts Gomez Phillips Evans Turner Diaz Parker Cruz Edwards Collins Reyes Stewart Morris Morales Murphy Cook Rogers Gutierrez
Ortiz Morgan Cooper Peterson Bailey Reed Kelly Howard Ramos Kim Cox Ward Richardson Watson Brooks Chavez Wood James Bennett Gray Mendoza Ruiz Hughes Price Alvarez
Castillo Sanders Patel Myers Long Ross Foster Jimenez Powell Jenkins Perry Russell Sullivan Bell Coleman Butler Henderson Barnes Fisher Vasquez Simmons Romero Jordan
Patterson Alexander Hamilton Graham Reynolds Griffin Wallace Moreno West Cole Hayes Bryant Herrera Gibson Ellis Tran Medina Aguilar Stevens Murray Ford Castro
Marshall Owens Harrison Fernandez McDonald Woods Washington Kennedy Wells Vargas Henry Chen Freeman Webb Tucker Guzman Burns Crawford Olson Simpson Porter Hunter
Dubois Durand Leroy Moreau Lefebvre Fournier Girard Bonnet Dupont Lambert Fontaine Rousseau Chevalier Müller Schmidt Schneider Fischer Weber Wagner Becker Schulz
Hoffmann Koch Bauer Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Tanaka Suzuki Takahashi
Watanabe Kowalski Nowak Novák Johansson Andersson Karlsson Nilsson Hansen Larsen Virtanen Papadopoulos Ivanov Petrov Yilmaz Okafor Mensah Singh Kumar Sharma`
const TRADE = `Logistics Trading Foods Motors Electronics Textiles Pharma Energy Consulting Software Systems Metals Plastics Packaging Shipping Transport
Construction Engineering Printing Furniture Chemicals Insurance Capital Partners Holdings Industries Services Solutions Technologies Bakery Wines Dairy Farms`
const LEGAL = 'Ltd Limited Inc GmbH AG SA SARL SpA Co LLC & Sons & Co Group International'

const list = (words: string): string =>
  `[${words
    .split(/\s+/)
    .map((word) => `'${word}'`)
    .join(', ')}]`
const pick = (words: string, seed: string): string =>
  `list_extract(${list(words)}, 1 + (hash(${seed}) % ${words.split(/\s+/).length})::INTEGER)`

/** SQL of the name that belongs to a number: two thirds are people, some with a second name or an initial, one third companies. */
export const nameOf = (n: string): string => `CASE
  WHEN hash(${n} + 11) % 3 = 0 THEN concat_ws(' ', ${pick(LAST, `${n} + 1000000`)}, CASE WHEN hash(${n} + 12) % 2 = 0 THEN ${pick(LAST, `${n} + 2000000`)} END, ${pick(TRADE, `${n} + 3000000`)}, ${pick(LEGAL, `${n} + 4000000`)})
  ELSE concat_ws(' ', ${pick(FIRST, `${n} + 5000000`)}, CASE hash(${n} + 13) % 4 WHEN 0 THEN ${pick(FIRST, `${n} + 6000000`)} WHEN 1 THEN chr(65 + (hash(${n} + 14) % 26)::INTEGER) || '.' END, ${pick(LAST, `${n} + 7000000`)}) END`
