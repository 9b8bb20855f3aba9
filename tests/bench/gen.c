/*
 * gen.c - rows for measuring imports and search: a CSV of contacts or accounts.
 *
 *   gen contact|account ROWS [SEED]
 *
 * The same seed gives the same file.  Names are drawn the way names are: a few surnames carry
 * half of all people, most companies have a stem of two or three signs and a trade, one in five
 * is Latin.  Phones are dialled in Taiwan, one in a hundred is not.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static uint64_t state;

static uint32_t next_random(void)
{
    state += 0x9e3779b97f4a7c15u;
    uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (uint32_t)(z >> 32);
}

static uint32_t below(uint32_t n)
{
    return (uint32_t)(((uint64_t)next_random() * n) >> 32);
}

/* Earlier ones oftener: the square of an even draw. */
static size_t skewed(size_t n)
{
    uint64_t u = next_random() >> 16;
    return (size_t)((u * u * n) >> 32);
}

static const char *const surnames[] = {
    "陳", "林", "黃", "張", "李", "王", "吳", "劉", "蔡",   "楊",   "許",   "鄭",
    "謝", "郭", "洪", "邱", "曾", "廖", "賴", "徐", "周",   "葉",   "蘇",   "莊",
    "江", "呂", "何", "羅", "高", "蕭", "潘", "朱", "簡",   "鍾",   "彭",   "游",
    "詹", "胡", "施", "沈", "余", "趙", "盧", "梁", "顏",   "柯",   "孫",   "魏",
    "翁", "戴", "范", "宋", "方", "鄧", "杜", "侯", "歐陽", "張簡", "司馬", "范姜",
};

static const char given_signs[] =
    "怡家淑志美俊雅建文明宏佳宗玉秀惠麗慧芳婷偉雯儀君豪嘉翔雅欣珍華靜榮銘德德國強傑凱哲瑋軒宇安"
    "彥廷柏承恩品妍子晴詠昱冠霖信義忠孝仁勇武正平順福祿壽喜春夏秋冬梅蘭竹菊松柏雲霞月星辰光輝煌"
    "景晨曦朝陽旭東南西北中山川海洋江河湖泉石金銀銅鐵珠寶玲瓏琪瑤瑩琳瑜瑄璇鈺鑫錦繡綺緯經綸維綱紀";

static const char company_signs[] =
    "大中華台新國聯統永豐富泰康盛隆興昌榮順發達宏遠東亞太平洋光明信義和成鴻海立全億萬千百吉祥"
    "瑞德仁美佳嘉安寶金銀玉天地人日月星雲山水木火土石鐵鋼力源春秋長江河正元利貞亨通友生活科技智"
    "慧創能環球世界第一三四五六七八九十福祿壽喜財旺群益景凱勝捷迅飛騰翔鵬鷹龍鳳虎馬牛羊";

static const char *const trades[] = {
    "科技",   "電子",     "實業", "國際", "企業",   "工業",       "貿易",     "資訊",
    "建設",   "營造",     "食品", "紡織", "化學",   "生技",       "精密機械", "光電",
    "半導體", "物流",     "顧問", "行銷", "旅行社", "保險經紀人", "不動產",   "設計",
    "印刷",   "醫療器材", "農產", "水產", "餐飲",   "補習班",
};

static const char *const given_latin[] = {
    "James", "Mary",   "John",   "Linda",     "David",  "Susan",  "Peter", "Anna",  "Michael",
    "Sarah", "Thomas", "Emma",   "Daniel",    "Julia",  "Martin", "Laura", "Kevin", "Alice",
    "Brian", "Nora",   "George", "Charlotte", "Steven", "Sophie", "Paul",  "Grace", "Mark",
};

static const char *const surnames_latin[] = {
    "Smith",  "Johnson", "Brown",  "Taylor",   "Miller",   "Wilson", "Davis",    "Anderson",
    "Thomas", "Jackson", "White",  "Harris",   "Martin",   "Clark",  "Lewis",    "Walker",
    "Nguyen", "Tanaka",  "Suzuki", "Kim",      "Park",     "Müller", "Schmidt",  "Garcia",
    "Silva",  "Rossi",   "Dubois", "Lefebvre", "Kowalski", "Ivanov", "Andersen", "O'Brien",
};

static const char *const words_latin[] = {
    "North",  "Global", "Pacific", "United",  "Advanced", "Golden", "Summit", "River",   "Blue",
    "Silver", "First",  "Prime",   "Apex",    "Delta",    "Orion",  "Vertex", "Quantum", "Harbor",
    "Maple",  "Cedar",  "Falcon",  "Phoenix", "Atlas",    "Nova",   "Solar",  "Ocean",   "Stone",
};

static const char *const trades_latin[] = {
    "Systems", "Foods", "Trading", "Electronics", "Logistics", "Partners", "Holdings", "Textiles",
};

static const char *const titles[] = { "業務經理", "採購",    "工程師", "總經理", "會計",
                                      "專員",     "Manager", "主任",   "副理",   "顧問" };
static const char *const departments[] = { "業務部", "採購部", "研發部", "財務部", "行政部", "" };
static const char *const industries[] = { "manufacturing", "retail", "technology", "finance" };
static const char *const regions[] = { "台北", "新北", "桃園", "台中", "台南", "高雄", "新竹" };
static const char *const domains[] = { "example.com", "example.com.tw", "example.org",
                                       "example.net" };

/* One sign of a text whose signs are all of three bytes. */
static void add_sign(char *to, const char *signs, size_t bytes)
{
    strncat(to, signs + skewed(bytes / 3) * 3, 3);
}

static bool person(char *name)
{
    name[0] = 0;
    if (below(5) == 0) {
        strcat(name, given_latin[skewed(COUNT(given_latin))]);
        strcat(name, " ");
        strcat(name, surnames_latin[skewed(COUNT(surnames_latin))]);
        return true;
    }
    strcat(name, surnames[skewed(COUNT(surnames))]);
    for (uint32_t i = 0, n = below(20) ? 2 : 1; i < n; i++)
        add_sign(name, given_signs, sizeof given_signs - 1);
    return false;
}

static void company(char *name, uint32_t number)
{
    name[0] = 0;
    if (below(5) == 0) {
        sprintf(name, "%s %s %s %u Ltd", words_latin[skewed(COUNT(words_latin))],
                words_latin[skewed(COUNT(words_latin))], trades_latin[skewed(COUNT(trades_latin))],
                number % 1000);
        return;
    }
    for (uint32_t i = 0, n = 2 + below(2); i < n; i++)
        add_sign(name, company_signs, sizeof company_signs - 1);
    strcat(name, trades[skewed(COUNT(trades))]);
    strcat(name, below(3) ? "股份有限公司" : "有限公司");
}

static void mobile(char *to)
{
    if (below(100) == 0)
        sprintf(to, "+44 20 7946 0%03u", below(1000));
    else
        sprintf(to, "09%02u-%03u-%03u", 10 + below(80), below(1000), below(1000));
}

static void phone(char *to)
{
    if (below(2))
        sprintf(to, "(02) 2%03u-%04u", below(1000), below(10000));
    else
        sprintf(to, "0%u-2%02u-%04u", 3 + below(5), below(100), below(10000));
}

static void contact(uint32_t i)
{
    char name[128], number[40];
    bool latin = person(name);
    mobile(number);
    char mail[40] = "";
    for (size_t k = 0, n = 0; latin && name[k] && k < 12; k++)
        if ((name[k] | 0x20) >= 'a' && (name[k] | 0x20) <= 'z')
            mail[n++] = (char)(name[k] | 0x20);
    printf("%s,%s,%s%u@%s,%s,%s\n", name, number, latin ? mail : "user", i,
           domains[below(COUNT(domains))], titles[skewed(COUNT(titles))],
           departments[below(COUNT(departments))]);
}

static void account(uint32_t i)
{
    char name[160], number[40];
    company(name, i);
    phone(number);
    printf("%s,organisation,%s,info%u@%s,https://www.%s/%u,%08u,C%07u,%s,%s,%u,%u\n", name, number,
           i, domains[below(COUNT(domains))], domains[below(COUNT(domains))], i,
           10000000 + below(89999999), i, regions[skewed(COUNT(regions))],
           industries[skewed(COUNT(industries))], 1 + (uint32_t)skewed(5000),
           1000 * (1 + (uint32_t)skewed(900000)));
}

int main(int argc, char **argv)
{
    static char buffer[1 << 20];
    bool contacts = argc > 1 && strcmp(argv[1], "contact") == 0;
    long rows = argc > 2 ? strtol(argv[2], NULL, 10) : 0;
    if (rows <= 0 || (!contacts && strcmp(argv[1], "account") != 0)) {
        fprintf(stderr, "usage: gen contact|account ROWS [SEED]\n");
        return 2;
    }
    state = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    puts(contacts ? "name,mobile,email,title,department"
                  : "name,kind,phone,email,website,tax_id,code,region,industry,employees,"
                    "annual_revenue");
    for (uint32_t i = 1; i <= (uint32_t)rows; i++)
        if (contacts)
            contact(i);
        else
            account(i);
    return ferror(stdout) ? 1 : 0;
}
